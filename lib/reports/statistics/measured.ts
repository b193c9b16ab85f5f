import type { Speed } from './speed.js';
import type { Covered } from './coverage-evidence.js';
import type { Pairs } from './paired-evidence.js';

/**
 * State of a verdict. `noisy` means that the control differs from itself so often that a candidate's differences could hide in that.
 *
 * @publicApi
 */
export type ReadinessState = 'collecting' | 'notReady' | 'noisy' | 'ready';

/** Measurements that decide readiness. Nothing else of an experiment does. */
export interface Measured {
  /** Number of runs that compared something. */
  readonly runs: number;
  /** Number of runs in which the candidate differed, and not only as the control differs from itself. */
  readonly differences: number;
  /** Number of runs in which it differed only as the control differs from itself. */
  readonly excused: number;
  /** Runs in which the control was called a second time; undefined if noise is not measured. */
  readonly pairs: Pairs | undefined;
  /** Field in which the control differs from itself most often, if it does. */
  readonly noisiest: string | undefined;
  /** Most frequent way of differing, apart from noise, if known. */
  readonly mostly: string | undefined;
  /** Coverage of the inputs. */
  readonly inputs: Seen;
  /** Coverage of the subjects; undefined if the experiment doesn't know them. */
  readonly subjects: Seen | undefined;
  /** Time between the first run and the last, in ms. */
  readonly span: number;
  /** Release that was measured; undefined if it is unknown. */
  readonly release: string | undefined;
  /** Fields that the comparison leaves out. */
  readonly ignored: readonly string[];
  /** Shares of calls that were left out of the comparison, the most frequent first. */
  readonly leftOut: readonly LeftOutShare[];
  /** Speed beside the control; null if it isn't known. */
  readonly speed: Speed | null;
  /** Number of candidates that are judged beside each other. */
  readonly candidates: number;
  /** Share of calls that may differ, above 0 and below 1. */
  readonly targetRate: number;
  /** Confidence required, above 0 and below 1. */
  readonly confidence: number;
  /** Shortest span, in hours. */
  readonly minSpan: number;
}

/** Coverage of inputs, or of subjects, and what is missing. */
export interface Seen extends Covered {
  /** Share of coming ones that are new. */
  readonly unseen: number;
}

/** Reason of calls that compared nothing, because everything was left out. */
export const NOTHING_LEFT = 'nothing to compare';

/** A share of calls that were not compared, for a reason that depends on the call. */
export interface LeftOutShare {
  readonly why: string;
  readonly share: number;
}

/** Evidence that is missing until a candidate is ready, if nothing differs any more; null where that can't be predicted. */
export interface Missing {
  readonly runs: number | null;
  readonly inputs: number | null;
  /** Visits of inputs that are known, with which no further inputs are needed. */
  readonly visits: number | null;
  readonly subjects: number | null;
  readonly hours: number;
}
