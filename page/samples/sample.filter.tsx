import { OUTCOMES } from '../api/summary.js';
import { refine } from '../route/location.js';
import type { RouteQuery } from '../route/route.js';
import { seen } from '../text/visible.js';
import { OUTCOME_WORDS } from '../text/word.text.js';

/** Filter of the samples. */
export function SampleFilter({ query, candidates }: { readonly query: RouteQuery; readonly candidates: readonly string[] }) {
  const { outcome = '', candidate = '' } = query;
  const names = candidate === '' || candidates.includes(candidate) ? candidates : [...candidates, candidate];
  return (
    <div class="tools-row">
      <label class="field">
        <span>Outcome</span>
        <select value={outcome} onChange={(event) => refine({ outcome: event.currentTarget.value })}>
          <option value="">Any</option>
          {OUTCOMES.map((one) => (
            <option key={one} value={one}>
              {OUTCOME_WORDS[one]}
            </option>
          ))}
        </select>
      </label>
      {names.length > 1 && (
        <label class="field">
          <span>Candidate</span>
          <select value={candidate} onChange={(event) => refine({ candidate: event.currentTarget.value })}>
            <option value="">Any</option>
            {names.map((one) => (
              <option key={one} value={one}>
                {seen(one)}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}
