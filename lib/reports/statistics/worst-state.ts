import type { ReadinessState } from './measured.js';

/** States of readiness, the worst first. A state that more runs may change comes before one that they won't. */
const WORST_FIRST: readonly ReadinessState[] = ['notReady', 'collecting', 'noisy', 'ready'];

/** Returns the state of the least ready candidate, which is that of the experiment; `collecting` without candidates. */
export function worstState(states: readonly ReadinessState[]): ReadinessState {
  return WORST_FIRST.find((state) => states.includes(state)) ?? 'collecting';
}
