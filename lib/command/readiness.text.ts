import { STATES, type SummaryLike } from '../reports/text/summary.text.js';
import { printable } from '../reports/text/printable.js';

type State = keyof typeof STATES;

/** Returns the state of the least ready candidate, which is that of the experiment. */
export function worstState({ candidates }: SummaryLike): State {
  const states = new Set(candidates.map(({ readiness }) => readiness.state));
  if (states.has('notReady')) return 'notReady';
  if (states.size === 0 || states.has('collecting')) return 'collecting';
  return states.has('noisy') ? 'noisy' : 'ready';
}

/** Describes the readiness of each candidate, with the reason. */
export function readinessText({ name, candidates }: SummaryLike): string {
  if (candidates.length === 0) return `No candidate of "${printable(name)}" has run yet.\n`;
  return candidates
    .map((candidate) => {
      const { state, reason } = candidate.readiness;
      return `${printable(`${candidate.name}: ${STATES[state]}. ${reason}`).trimEnd()}\n`;
    })
    .join('');
}
