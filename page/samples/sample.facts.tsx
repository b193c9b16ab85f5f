import type { Result } from '../api/result.js';
import { durationText, speedupText } from '../text/figure.text.js';
import { observationOf } from './observation.js';

/** Durations of both sides. */
export function SampleFacts({ result }: { readonly result: Result }) {
  const [control, candidate] = [observationOf(result.control), observationOf(result.observed)];
  const [here, there] = [control.duration, candidate.duration];
  return (
    <p class="sample-facts">
      Control {durationText(here)}
      {control.cpuTime !== undefined && <span class="quiet"> ({durationText(control.cpuTime)} of CPU)</span>}, candidate{' '}
      {durationText(there)}
      {candidate.cpuTime !== undefined && <span class="quiet"> ({durationText(candidate.cpuTime)} of CPU)</span>}
      {here !== undefined && there !== undefined && here > 0 && there > 0 && (
        <>: {speedupText(here >= there ? here / there : -there / here)}</>
      )}
    </p>
  );
}
