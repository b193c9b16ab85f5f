import type { Outcome } from '../../experiment/observation.js';

/** How often each outcome was observed. */
export type OutcomeCounts = Readonly<Record<Outcome, number>>;

/** How often a candidate was observed, and how often it differed in a way that counts. */
export interface Outcomes {
  readonly runs: number;
  readonly differing: number;
}

/** What counts of outcomes come to. */
export function countRuns({ counts }: { readonly counts: OutcomeCounts }): Outcomes {
  const differing = counts.mismatched + counts.errored + counts.timedOut;
  return { runs: counts.matched + counts.ignored + differing, differing };
}

/** Adds counts up. */
export function sumOutcomes(one: OutcomeCounts, other: OutcomeCounts): OutcomeCounts {
  return {
    matched: one.matched + other.matched,
    mismatched: one.mismatched + other.mismatched,
    ignored: one.ignored + other.ignored,
    errored: one.errored + other.errored,
    timedOut: one.timedOut + other.timedOut,
  };
}
