import type { MaybePromise } from '../experiment/maybe-promise.js';
import type { Outcome } from '../experiment/observation.js';
import type { Sample, SampleQuery } from './sample.js';
import type { TallyContent } from './tally.js';
import type { Tier } from './tier.js';

/** Whose results are meant: an experiment's, since they were last purged. */
export interface Recorded {
  readonly experimentId: number;
  readonly epoch: number;
}

/** What a process has counted in one period, all of it. */
export interface TallyRow extends Recorded {
  readonly tier: Tier;
  /** ms since the epoch; 0 for the total. */
  readonly startsAt: number;
  /** `''` for the experiment itself. */
  readonly candidate: string;
  /** The process. */
  readonly writer: string;
  readonly content: TallyContent;
}

/** A sample that has not been kept yet. */
export type NewSample = Recorded & Omit<Sample, 'id'>;

/** Which samples to give, the newest first. */
export interface SampleSelection extends Pick<SampleQuery, 'candidate'> {
  readonly outcome?: Outcome | undefined;
  readonly limit: number;
  /** Only older ones than this. */
  readonly before?: number | undefined;
}

/** Where results are kept. Every process has its own, and they share what is in it. */
export abstract class RecordStorage {
  /** Keeps tallies in place of what their writers have given for the same periods. Doing so again changes nothing. */
  abstract write(rows: readonly TallyRow[]): MaybePromise<void>;

  /** The totals of all writers. */
  abstract totals(of: Recorded): MaybePromise<TallyRow[]>;

  /** Keeps samples, and of each experiment only so many: the oldest go. */
  abstract keep(samples: readonly NewSample[], limit: number): MaybePromise<void>;

  abstract samples(of: Recorded, selection: SampleSelection): MaybePromise<Sample[]>;

  abstract sample(of: Recorded, id: number): MaybePromise<Sample | undefined>;

  /** Forgets everything about an experiment but its current epoch. */
  abstract forget(of: Recorded): MaybePromise<void>;

  /** Forgets periods that are too old, and what belongs to no experiment any more. */
  abstract tidy(now: number): MaybePromise<void>;
}
