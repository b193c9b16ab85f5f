import { evidenceBelow, logSum } from './evidence.js';

/** Shares of the bet on inputs that are each new, and on few that recur. */
const NEW = 0.98;
const RECURRING = 0.02;

/** Coverage of inputs, or of subjects. */
export interface Covered {
  /** Number of distinct ones. */
  readonly distinct: number;
  /** Number of those that differ. One that differs in a part of its runs counts as that part. */
  readonly failures: number;
  /** Number of pairs of one and a minute in which it was seen. */
  readonly visits: number;
  /** Number of visits in which it differed. */
  readonly differingVisits: number;
}

/**
 * Computes the evidence for a rate of differences below the target, against the target itself, as a natural logarithm, where runs of the
 * same input are no independent runs. It is the mixture of two tests.
 *
 * In the first, each input is one trial, however often it came: a burst of the same input says as much as one call.
 *
 * In the second, each visit is a trial, and it fails if the input is new, or differs. Where few inputs recur for long, an input that was
 * never seen is what could still go wrong, and such inputs have to come less often than the target.
 */
export function evidenceByCoverage({ distinct, failures, visits, differingVisits }: Covered, target: number): number {
  const failed = Math.min(distinct + differingVisits, visits);
  return logSum([
    [NEW, evidenceBelow(Math.max(distinct, failures), failures, target)],
    [RECURRING, evidenceBelow(visits, failed, target)],
  ]);
}
