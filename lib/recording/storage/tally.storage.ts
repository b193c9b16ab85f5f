import type { OthersRuns } from '../../experiment/admission/guardrail-watch.js';
import type { MaybePromise } from '../../base/maybe-promise.js';
import type { Forgetful } from './purgeable.js';
import type { OutcomeCounts } from '../tallies/outcomes.js';
import type { Recorded } from './record.storage.js';
import type { TallyContent } from '../tallies/tally.js';
import type { Tier } from '../tallies/tier.js';

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

/** What was measured of a candidate, beside what was counted. */
export type Part = 'control' | 'candidate' | 'delta' | 'speedup' | 'differences';

/** What was counted in one period by all writers together. */
export interface Counted extends Recorded {
  readonly startsAt: number;
  /** `''` for the experiment itself. */
  readonly candidate: string;
  readonly runs: number;
  readonly counts: OutcomeCounts;
  /** In how many rows it is kept. */
  readonly rows: number;
}

/** Which periods are meant, and how they are told apart. */
export interface Stretch {
  /** Those that begin at this time or later. */
  readonly from: number;
  /** Those that begin before this time. */
  readonly before?: number;
  /** Those that begin in the same stretch of this length are counted as one, which begins with it, in ms. */
  readonly length?: number;
}

/** How many runs of an experiment there were in one period. */
export interface Ran {
  readonly experimentId: number;
  readonly startsAt: number;
  readonly runs: number;
  /** In how many of them a candidate differed: of several, the one that did most often. */
  readonly differing: number;
}

/** The calls that an experiment has skipped in one period, by reason. */
export interface Skipped {
  readonly startsAt: number;
  readonly skipped: Readonly<Record<string, number>>;
}

/** Of whose runs what other writers have counted is asked for. */
export interface AskedOfOthers extends Recorded {
  /** In minutes that begin at this time or later. */
  readonly from: number;
  /** What is fresh: what is in rows whose first run began at this time or later. */
  readonly since: number;
}

/** What writers other than one have counted of a candidate in one minute. */
export interface OthersCounted extends Recorded {
  readonly startsAt: number;
  readonly candidate: string;
  readonly all: OthersRuns;
  readonly fresh: OthersRuns;
}

/** Where tallies are kept. */
export abstract class TallyStorage implements Forgetful {
  /** Keeps tallies in place of what there is for the same periods and writers. Doing so again changes nothing. */
  abstract write(rows: readonly TallyRow[]): MaybePromise<void>;

  /**
   * The totals of all writers.
   *
   * @param parts what to give of what was measured, the rest is null; without it, all
   */
  abstract totals(of: readonly Recorded[], parts?: readonly Part[]): MaybePromise<TallyRow[]>;

  /** What was counted in periods of one tier. */
  abstract counted(of: readonly Recorded[], tier: Tier, stretch: Stretch): MaybePromise<Counted[]>;

  /** How many runs there were in the periods of one tier that begin at one time or later. */
  abstract ran(of: readonly Recorded[], tier: Tier, from: number): MaybePromise<Ran[]>;

  /** What an experiment has skipped in periods of one tier, as far as there is something. */
  abstract skipped(of: Recorded, tier: Tier, stretch: Stretch): MaybePromise<Skipped[]>;

  /** What all writers but one have counted of candidates, in minutes. */
  abstract others(asked: readonly AskedOfOthers[], writer: number): MaybePromise<OthersCounted[]>;

  /** What a writer goes on with: its totals, and its minutes from one on. */
  abstract ofWriter(writer: number, experimentIds: readonly number[], minute: number): MaybePromise<TallyRow[]>;

  /** Which series have periods that begin before a time. */
  abstract seriesBefore(tier: Tier, time: number): MaybePromise<Series[]>;

  /** The periods of a series that begin at one time or later, and before another. */
  abstract periods(of: Series, from: number, before: number): MaybePromise<TallyRow[]>;

  /** Forgets the periods of a series that begin at one time or later, and before another. */
  abstract forget(of: Series, from: number, before: number): MaybePromise<void>;

  abstract forgettable(experimentId: number, before?: number): MaybePromise<number>;
  abstract forgetSome(experimentId: number, before?: number): MaybePromise<boolean>;
  abstract orphans(): MaybePromise<Recorded[]>;
}
