import type { UncountedReason } from '../../experiment/ordered-run.js';

/**
 * What the verdict on a candidate rests on, as JSON. A storage keeps it as opaque JSON.
 *
 * @publicApi
 */
export interface EvidenceContent {
  /** Runs that compared something. */
  readonly runs: number;
  /** Number of them in which the candidate differed. */
  readonly differing: number;
  /** Runs that differed only as the control differs from itself. They are among `runs`, and not among `differing`. */
  readonly excused: number;
  /** Runs that are no evidence, by the reason. They count for nothing. */
  readonly uncounted: Readonly<Record<UncountedReason, number>>;
  /** Start of the first counted run, in ms since the epoch; null without one. */
  readonly firstAt: number | null;
  /** Start of the last counted run, in ms since the epoch; null without one. */
  readonly lastAt: number | null;
  /** Hours of the week (UTC, from Sunday 0:00) in which counted runs began, as 168 bits in base64. */
  readonly hours: string;
  /** Coverage of the inputs; null without runs. */
  readonly inputs: CoverageContent | null;
  /** Coverage of the subjects; null if the experiment doesn't know them. */
  readonly subjects: CoverageContent | null;
  /** Runs in which the control was called a second time; null if noise is not measured. */
  readonly pairs: PairContent | null;
  /** Durations of the candidate beside the control's second call; null if none were measured. */
  readonly speed: SpeedContent | null;
}

/**
 * Durations in runs in which the control was called a second time, before or after the candidate at random.
 *
 * @publicApi
 */
export interface SpeedContent {
  readonly pairs: number;
  /** Sum of the durations of the control's first calls, in ms. */
  readonly first: number;
  /** Sum of the durations of the control's second calls, in ms. */
  readonly again: number;
  /** Sum of the candidate's durations, in ms. */
  readonly candidate: number;
  /** The control's second call divided by the candidate, in bins that are a little wider the farther they are from 1: keys and counts in turn. */
  readonly speedups: readonly number[];
}

/**
 * Numbers of runs in which the control was called a second time, beside the candidate. Both answers are compared with the control's first
 * one. Differences that are as small as the control's own, and negligible, are none.
 *
 * @publicApi
 */
export interface PairContent {
  readonly pairs: number;
  /** The control differed from itself. */
  readonly varied: number;
  /** The candidate differed, and the control not. */
  readonly worse: number;
  /** The control differed from itself, and the candidate not. */
  readonly better: number;
  /** The candidate alone gave what the control was never seen to give. */
  readonly newWorse: number;
  /** The control alone gave what it was never seen to give before. */
  readonly newBetter: number;
}

/**
 * Which inputs, or subjects, were seen, and how often, as JSON. Hashes are keyed, and have 32 bits.
 *
 * @publicApi
 */
export interface CoverageContent {
  /** Registers of a HyperLogLog, one byte each, in base64; null while the sample holds all. */
  readonly registers: string | null;
  /** The smallest hashes, ascending, as flat rows: hash, runs, visits, last minute. */
  readonly sample: readonly number[];
  /** The smallest hashes of what ever differed, ascending, as flat rows: hash, differing runs, runs since, differing visits, last minute. */
  readonly differing: readonly number[];
  /** True if more has differed than `differing` can hold. */
  readonly isCut: boolean;
}
