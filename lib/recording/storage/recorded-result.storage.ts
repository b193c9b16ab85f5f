import type { MaybePromise } from '../../base/maybe-promise.js';
import type { Outcome } from '../../experiment/observation.js';
import { PurgeableStorage } from './purge.js';
import type { RecordedResult } from './recorded-result.js';
import type { ExperimentEpoch } from '../recorded.js';

/**
 * A result with the experiment and epoch that it belongs to.
 *
 * @publicApi
 */
export interface RecordedResultRow extends ExperimentEpoch, RecordedResult {}

/**
 * Filter for results.
 *
 * @publicApi
 */
export interface RecordedResultSelection {
  /** Only results with this outcome. */
  readonly outcome?: Outcome | undefined;

  /** Only results of this candidate. */
  readonly candidate?: string | undefined;

  /** The most results to give. */
  readonly limit: number;

  /** Only results whose id is smaller than this one. */
  readonly before?: string | undefined;
}

/**
 * Keeps single results. Ids have 16 characters, and those of later results are greater.
 *
 * @publicApi
 */
export abstract class RecordedResultStorage extends PurgeableStorage {
  /**
   * Adds results, then removes the oldest of each of their experiments, of whatever epoch, until at most `limit` are left. Leaves a result
   * whose id exists as it is: a write that was not confirmed is repeated.
   */
  abstract keep(rows: readonly RecordedResultRow[], limit: number): MaybePromise<void>;

  /** Gives the results of an experiment's epoch that fit, those with the greatest ids first, without experiment and epoch. */
  abstract find(of: ExperimentEpoch, selection: RecordedResultSelection): MaybePromise<RecordedResult[]>;

  /** Gives one result of an experiment, of whatever epoch. */
  abstract get(experimentId: number, id: string): MaybePromise<RecordedResultRow | undefined>;
}
