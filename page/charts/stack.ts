import { OUTCOMES, type Outcome } from '../api/summary.js';
import type { Period } from './periods.js';

/** Outcomes from the top of a stack to its bottom. */
export const FROM_TOP: readonly Outcome[] = [...OUTCOMES].reverse();

/**
 * Returns the height of the stack up to each outcome, from the top, by period.
 *
 * @param shown outcomes in the stack
 */
export function stackOf(periods: readonly Period[], shown: readonly Outcome[]): number[][] {
  return FROM_TOP.map((_, fromTop) => {
    const below = FROM_TOP.slice(fromTop).filter((outcome) => shown.includes(outcome));
    return periods.map(({ counts }) => below.reduce((sum, outcome) => sum + (counts[outcome] ?? 0), 0));
  });
}

/** Outcomes that are shown if only differences are. */
export const DIFFERING = ['mismatched', 'errored', 'timedOut'] as const satisfies readonly Outcome[];
