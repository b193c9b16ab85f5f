import { resultOf } from '../api/api.js';
import { useResource } from '../live/use.resource.js';
import { Loaded } from '../parts/loaded.js';
import { Moment } from '../parts/moment.js';
import { Seen } from '../parts/seen.js';
import { hashOf } from '../route/route.js';
import { OutcomeBadge } from './outcome.badge.js';
import { HeadingLevel, SampleDetail } from './sample.detail.js';
import { SampleFacts } from './sample.facts.js';

/** Refresh interval in ms. A result never changes; the refresh only notices its removal. */
const SELDOM = 600_000;

/** One result, by its own address. */
export function SampleView({ name, id }: { readonly name: string; readonly id: string }) {
  const result = useResource(`sample ${name} ${id}`, (signal) => resultOf(name, id, signal), SELDOM);
  return (
    <>
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href={hashOf({ view: 'list', query: {} })}>Experiments</a>
        <a href={hashOf({ view: 'experiment', name, section: 'overview', query: {} })}>
          <Seen text={name} />
        </a>
        <a href={hashOf({ view: 'experiment', name, section: 'samples', query: {} })}>Samples</a>
      </nav>
      <h1 data-arrival tabIndex={-1}>
        A sample of <Seen text={name} />
      </h1>
      <Loaded resource={result} what="the sample">
        {(data) => (
          <article class="sample">
            <header class="sample-head">
              <h2>
                <OutcomeBadge outcome={data.outcome} /> <Moment time={data.ranAt} isExact />
              </h2>
              <span class="quiet">
                Candidate <Seen text={data.candidate} />
              </span>
            </header>
            <SampleFacts result={data} />
            <HeadingLevel.Provider value="h3">
              <SampleDetail result={data} />
            </HeadingLevel.Provider>
          </article>
        )}
      </Loaded>
      {result.failure?.kind === 'missing' && (
        <p>Only the newest samples of each kind are kept, so this one may have been removed.</p>
      )}
    </>
  );
}
