import type { MaybePromise } from '../../base/maybe-promise.js';
import type { Purgeable } from './purgeable.js';
import type { Tier } from '../tallies/tier.js';
import type { Recorded } from '../recorded.js';
import type {
  AskedOfOthers,
  Counted,
  OthersCounted,
  Part,
  Ran,
  Series,
  Skipped,
  Stretch,
  TallyRow,
} from '../tallies/tally-row.js';

/** Where tallies are kept. */
export abstract class TallyStorage implements Purgeable {
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
