import { OUTCOMES, type Outcome } from '../api/summary.js';
import type { Period } from './periods.js';

/** Outcomes from the top of a stack to its bottom. */
export const FROM_TOP: readonly Outcome[] = [...OUTCOMES].reverse();

/**
 * For each outcome from the top how high the stack is up to it, by period.
 *
 * @param shown the outcomes that are in the stack
 */
export function stackOf(periods: readonly Period[], shown: readonly Outcome[]): number[][] {
  return FROM_TOP.map((_, fromTop) => {
    const below = FROM_TOP.slice(fromTop).filter((outcome) => shown.includes(outcome));
    return periods.map(({ counts }) => below.reduce((sum, outcome) => sum + (counts[outcome] ?? 0), 0));
  });
}

/** What is told of a candidate's runs where only what differs is looked at. */
export const DIFFERING = ['mismatched', 'errored', 'timedOut'] as const satisfies readonly Outcome[];
