import type { MaybePromise } from '../experiment/maybe-promise.js';
import type { Recorded } from './record.storage.js';
import type { TallyContent } from './tally.js';
import type { Tier } from './tier.js';

/** Under which number periods are kept that were made of those of all writers. */
export const ALL_WRITERS = 0;

/** What was counted in one period: by one writer, all that it has counted there. */
export interface TallyRow extends Recorded {
  readonly tier: Tier;
  /** When the period begins, in ms since the epoch; 0 for the total. */
  readonly startsAt: number;
  /** `''` for the experiment itself. */
  readonly candidate: string;
  readonly writer: number;
  readonly content: TallyContent;
}

/** The periods of one length of a candidate, or of an experiment itself. */
export interface Series extends Recorded {
  readonly tier: Tier;
  readonly candidate: string;
}

/** Where tallies are kept. */
export abstract class TallyStorage {
  /** Keeps tallies in place of what there is for the same periods and writers. Doing so again changes nothing. */
  abstract write(rows: readonly TallyRow[]): MaybePromise<void>;

  /** The totals of all writers. */
  abstract totals(of: Recorded): MaybePromise<TallyRow[]>;

  /** What a writer goes on with: its totals, and its minutes from one on. */
  abstract ofWriter(writer: number, experimentIds: readonly number[], minute: number): MaybePromise<TallyRow[]>;

  /** Which series have periods that begin before a time. */
  abstract seriesBefore(tier: Tier, time: number): MaybePromise<Series[]>;

  /** The periods of a series that begin at one time or later, and before another. */
  abstract periods(of: Series, from: number, before: number): MaybePromise<TallyRow[]>;

  /** Forgets the periods of a series that begin at one time or later, and before another. */
  abstract forget(of: Series, from: number, before: number): MaybePromise<void>;

  /** Forgets what belongs to an experiment's earlier epochs; with no epoch, all of it. */
  abstract forgetAll(experimentId: number, before?: number): MaybePromise<void>;

  /** Forgets what belongs to no experiment any more, or to an earlier epoch of one. */
  abstract forgetOrphans(): MaybePromise<void>;
}
