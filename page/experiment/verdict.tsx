import type { CandidateSummary } from '../api/summary.js';
import { Seen } from '../parts/seen.js';
import { hashOf } from '../route/route.js';
import { counted } from '../text/figure.text.js';
import { ReadinessBadge } from './readiness.badge.js';

/** Readiness of a candidate, with the reason. */
export function Verdict({ candidate, experiment }: { readonly candidate: CandidateSummary; readonly experiment: string }) {
  const { readiness, differences, name } = candidate;
  const query = { candidate: name };
  return (
    <section class="verdict" aria-label="Readiness">
      <h2>
        <ReadinessBadge readiness={readiness} />
      </h2>
      <p>
        <Seen text={readiness.reason} />{' '}
        {differences.length > 0 && (
          <a href={hashOf({ view: 'experiment', name: experiment, section: 'differences', query })}>
            {counted(differences.length, 'field')} differ{differences.length === 1 ? 's' : ''}
          </a>
        )}
      </p>
    </section>
  );
}
