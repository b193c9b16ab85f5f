import type { MaybePromise } from '../../base/maybe-promise.js';
import { PurgeableStorage } from './purge.js';
import type { TallyTier } from '../tallies/period-tier.js';
import type { ExperimentEpoch } from '../recorded.js';
import type {
  OtherWritersCounts,
  OtherWritersQuery,
  PeriodCounts,
  PeriodRuns,
  PeriodSelection,
  PeriodSkips,
  TallyPart,
  TallyRow,
  TallySeries,
} from '../tallies/tally-row.js';

/**
 * Keeps what was counted and measured, in periods. The key of a row is its experiment, epoch, tier, start, candidate and writer.
 *
 * A minute and the total have one row for each writer; the library makes hours and days of minutes, and writes them as writer 0. Counts are
 * whole numbers up to 2^53 − 1.
 *
 * @publicApi
 */
export abstract class TallyStorage extends PurgeableStorage {
  /** Adds rows, or replaces those with the same key: a write that was not confirmed is repeated. */
  abstract write(rows: readonly TallyRow[]): MaybePromise<void>;

  /**
   * Gives the rows of the tier `total` of all candidates and writers.
   *
   * @param parts the measured parts to give; the others are null. By default, all
   */
  abstract totals(of: readonly ExperimentEpoch[], parts?: readonly TallyPart[]): MaybePromise<TallyRow[]>;

  /** Adds up the counts of all writers, for each epoch, period and candidate. */
  abstract counted(of: readonly ExperimentEpoch[], tier: TallyTier, periods: PeriodSelection): MaybePromise<PeriodCounts[]>;

  /**
   * Adds up the runs of all writers and of all these epochs, for each experiment and period.
   *
   * @param from the earliest start of a period, in ms since the epoch
   */
  abstract ran(of: readonly ExperimentEpoch[], tier: TallyTier, from: number): MaybePromise<PeriodRuns[]>;

  /** Adds up skipped calls by reason, for each epoch and period that has some. */
  abstract skipped(of: readonly ExperimentEpoch[], tier: TallyTier, periods: PeriodSelection): MaybePromise<PeriodSkips[]>;

  /**
   * Adds up what all writers but one have counted of candidates in minutes, for each experiment, minute and candidate. Guardrails ask for it.
   *
   * @param writer the writer to leave out
   */
  abstract others(queries: readonly OtherWritersQuery[], writer: number): MaybePromise<OtherWritersCounts[]>;

  /**
   * Gives the rows with which a process continues as this writer in these epochs: its totals, and its minutes.
   *
   * @param minute the earliest start of a minute, in ms since the epoch
   */
  abstract ofWriter(writer: number, of: readonly ExperimentEpoch[], minute: number): MaybePromise<TallyRow[]>;

  /**
   * Gives each series of this tier that has a period which starts before a time.
   *
   * @param time in ms since the epoch
   */
  abstract seriesBefore(tier: TallyTier, time: number): MaybePromise<TallySeries[]>;

  /** Gives a series' rows of all writers whose period starts at `from` or later and before `before`, both in ms since the epoch. */
  abstract periods(of: TallySeries, from: number, before: number): MaybePromise<TallyRow[]>;

  /** Removes what `periods` would give. */
  abstract forget(of: TallySeries, from: number, before: number): MaybePromise<void>;
}
