import { useState } from 'preact/hooks';
import type { Result } from '../api/result.js';
import { Moment } from '../parts/moment.js';
import { Seen } from '../parts/seen.js';
import { hashOf } from '../route/route.js';
import { number } from '../text/figure.text.js';
import { OutcomeBadge } from './outcome.badge.js';
import { SampleDetail } from './sample.detail.js';
import { SampleFacts } from './sample.facts.js';

/** Number of differing fields that are shown. */
const PATHS = 4;

/** A result in the list. Its details are drawn when it is opened. */
export function SampleCard({ name, result }: { readonly name: string; readonly result: Result }) {
  const [isOpen, setOpen] = useState(false);
  const { id, candidate, outcome, ranAt, differences } = result;
  const paths = [...new Set(differences.map(({ path }) => path))];
  return (
    <article class="sample">
      <header class="sample-head">
        <h3>
          <OutcomeBadge outcome={outcome} /> <Moment time={ranAt} />
        </h3>
        <span class="quiet">
          <Seen text={candidate} />
        </span>
        <a href={hashOf({ view: 'sample', name, id, query: {} })}>
          Link<span class="unseen"> to this sample</span>
        </a>
      </header>
      <SampleFacts result={result} />
      {paths.length > 0 && (
        <p class="paths-brief">
          {paths.slice(0, PATHS).map((path) => (
            <code key={path}>
              <Seen text={path} />
            </code>
          ))}
          {paths.length > PATHS && <span class="quiet">and {number(paths.length - PATHS)} more</span>}
        </p>
      )}
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Control and candidate</summary>
        {isOpen && <SampleDetail result={result} />}
      </details>
    </article>
  );
}
