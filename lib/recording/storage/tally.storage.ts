import type { MaybePromise } from '../../base/maybe-promise.js';
import type { PurgeableStorage } from './purgeable.js';
import type { TallyTier } from '../tallies/tier.js';
import type { ExperimentEpoch } from '../recorded.js';
import type {
  OtherWritersQuery,
  PeriodCounts,
  OtherWritersCounts,
  TallyPart,
  PeriodRuns,
  TallySeries,
  PeriodSkips,
  PeriodSelection,
  TallyRow,
} from '../tallies/tally-row.js';

/** Where tallies are kept. */
export abstract class TallyStorage implements PurgeableStorage {
  /** Keeps tallies in place of what there is for the same periods and writers. Doing so again changes nothing. */
  abstract write(rows: readonly TallyRow[]): MaybePromise<void>;

  /**
   * The totals of all writers.
   *
   * @param parts what to give of what was measured, the rest is null; without it, all
   */
  abstract totals(of: readonly ExperimentEpoch[], parts?: readonly TallyPart[]): MaybePromise<TallyRow[]>;

  /** What was counted in periods of one tier. */
  abstract counted(of: readonly ExperimentEpoch[], tier: TallyTier, stretch: PeriodSelection): MaybePromise<PeriodCounts[]>;

  /** How many runs there were in the periods of one tier that begin at one time or later. */
  abstract ran(of: readonly ExperimentEpoch[], tier: TallyTier, from: number): MaybePromise<PeriodRuns[]>;

  /** What an experiment has skipped in periods of one tier, as far as there is something. */
  abstract skipped(of: ExperimentEpoch, tier: TallyTier, stretch: PeriodSelection): MaybePromise<PeriodSkips[]>;

  /** What all writers but one have counted of candidates, in minutes. */
  abstract others(asked: readonly OtherWritersQuery[], writer: number): MaybePromise<OtherWritersCounts[]>;

  /** What a writer goes on with: its totals, and its minutes from one on. */
  abstract ofWriter(writer: number, experimentIds: readonly number[], minute: number): MaybePromise<TallyRow[]>;

  /** Which series have periods that begin before a time. */
  abstract seriesBefore(tier: TallyTier, time: number): MaybePromise<TallySeries[]>;

  /** The periods of a series that begin at one time or later, and before another. */
  abstract periods(of: TallySeries, from: number, before: number): MaybePromise<TallyRow[]>;

  /** Forgets the periods of a series that begin at one time or later, and before another. */
  abstract forget(of: TallySeries, from: number, before: number): MaybePromise<void>;

  abstract forgettable(experimentId: number, before?: number): MaybePromise<number>;
  abstract forgetSome(experimentId: number, before?: number): MaybePromise<boolean>;
  abstract orphans(): MaybePromise<ExperimentEpoch[]>;
}
