import { useState } from 'preact/hooks';
import { resultsOf, summaryOf } from '../api/api.js';
import type { PageOf } from '../api/page.of.js';
import type { Result, ResultQuery } from '../api/result.js';
import { OUTCOMES } from '../api/summary.js';
import { EpochChoice } from '../epochs/epoch.choice.js';
import { useResource } from '../live/use.resource.js';
import { Empty, Loaded } from '../parts/loaded.js';
import { useOlder } from '../parts/use.older.js';
import type { RouteQuery } from '../route/route.js';
import { counted } from '../text/figure.text.js';
import { SampleCard } from './sample.card.js';
import { SampleFilter } from './sample.filter.js';
import type { SectionProps } from '../experiment/section.js';

/** Refresh interval of the candidates' names, in ms. */
const SELDOM = 60_000;

/** Recorded results, the newest first. */
export function SamplesView({ experiment, query }: SectionProps) {
  const { name } = experiment;
  const { epoch } = query;
  const summary = useResource(`candidates ${name} ${epoch}`, (signal) => summaryOf(name, signal, epoch), SELDOM);
  const asked = askedOf(query);
  const key = `samples ${name} ${JSON.stringify(asked)}`;
  const newest = useResource(key, (signal) => resultsOf(name, asked, signal));
  return (
    <section aria-labelledby="samples-title">
      <h2 class="section-title" id="samples-title" data-arrival tabIndex={-1}>
        Samples
      </h2>
      <EpochChoice name={name} epoch={summary.data?.epoch ?? null} />
      <SampleFilter query={query} candidates={summary.data?.candidates.map((candidate) => candidate.name) ?? []} />
      <Loaded resource={newest} what="the samples">
        {(page) => <Samples key={key} name={name} newest={page} asked={asked} />}
      </Loaded>
    </section>
  );
}

function askedOf(query: RouteQuery): ResultQuery {
  const outcome = OUTCOMES.find((one) => one === query['outcome']);
  const { candidate, epoch } = query;
  return { ...(outcome ? { outcome } : {}), ...(candidate ? { candidate } : {}), ...(epoch ? { epoch } : {}) };
}

/** Shows newer results only when the reader asks for them, so that nothing moves by itself. */
function Samples({
  name,
  newest,
  asked,
}: {
  readonly name: string;
  readonly newest: PageOf<Result>;
  readonly asked: ResultQuery;
}) {
  const [{ held, gaps }, setHeld] = useState({ held: newest, gaps: 0 });
  const page = held.items.length === 0 ? newest : held;
  const newer = page === newest ? 0 : newerThan(page, newest);
  const hasGap = newer === newest.items.length; // there may be more of them than a page has
  return (
    <>
      <div role="status">
        {newer > 0 && (
          <button type="button" class="newer" onClick={() => setHeld({ held: newest, gaps: gaps + Number(hasGap) })}>
            Show {counted(newer, 'newer sample')}
          </button>
        )}
      </div>
      {page.items.length === 0 ? <Empty>No samples match.</Empty> : <Cards key={gaps} name={name} page={page} asked={asked} />}
    </>
  );
}

function newerThan(page: PageOf<Result>, newest: PageOf<Result>): number {
  const known = new Set(page.items.map(({ id }) => id));
  const first = newest.items.findIndex(({ id }) => known.has(id));
  return first === -1 ? newest.items.length : first;
}

function Cards({ name, page, asked }: { readonly name: string; readonly page: PageOf<Result>; readonly asked: ResultQuery }) {
  const { items, more } = useOlder(page, (cursor) => resultsOf(name, { ...asked, cursor }));
  return (
    <>
      <ol class="samples">
        {items.map((result) => (
          <li key={result.id}>
            <SampleCard name={name} result={result} />
          </li>
        ))}
      </ol>
      {more}
    </>
  );
}
