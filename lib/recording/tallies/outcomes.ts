import type { Outcome } from '../../experiment/observation.js';

/**
 * Number of observations of each outcome.
 *
 * @publicApi
 */
export type OutcomeCounts = Readonly<Record<Outcome, number>>;

/** Number of a candidate's runs, and of those that differ in a way that counts. */
export interface Outcomes {
  readonly runs: number;
  readonly differing: number;
}

/** Computes the total and the differing runs from counts of outcomes. */
export function countRuns({ counts }: { readonly counts: OutcomeCounts }): Outcomes {
  const differing = counts.mismatched + counts.errored + counts.timedOut;
  return { runs: counts.matched + counts.ignored + differing, differing };
}

/** Adds two counts of outcomes. */
export function sumOutcomes(one: OutcomeCounts, other: OutcomeCounts): OutcomeCounts {
  return {
    matched: one.matched + other.matched,
    mismatched: one.mismatched + other.mismatched,
    ignored: one.ignored + other.ignored,
    errored: one.errored + other.errored,
    timedOut: one.timedOut + other.timedOut,
  };
}

/** Sums everything that was counted of a period, to tell one in which nothing was. */
export function countAll(counted: {
  readonly runs: number;
  readonly counts: OutcomeCounts;
  readonly skipped?: Readonly<Record<string, number>> | null;
}): number {
  const { runs, counts, skipped } = counted;
  return [runs, ...Object.values(counts), ...Object.values(skipped ?? {})].reduce((sum, count) => sum + count);
}
