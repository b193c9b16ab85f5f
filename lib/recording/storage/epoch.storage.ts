import type { MaybePromise } from '../../base/maybe-promise.js';
import type { EpochRow, NewEpoch } from '../epoch.js';
import type { ExperimentEpoch } from '../recorded.js';

/**
 * Keeps epochs: the states of code that results belong to.
 *
 * @publicApi
 */
export abstract class EpochStorage {
  /**
   * Gives these epochs. Adds those that don't exist, with a new number each, and this time as `begunAt` and `seenAt`. Several processes may
   * enter the same epoch at the same time; it is then added once, and all get the same salt.
   */
  abstract enter(epochs: readonly NewEpoch[], at: Date): MaybePromise<EpochRow[]>;

  /** Gives all epochs of these experiments. */
  abstract of(experimentIds: readonly number[]): MaybePromise<EpochRow[]>;

  /** Sets `seenAt` where it is more than 30 s before or after this time, so that many processes cause few writes. */
  abstract seen(numbers: readonly number[], at: Date): MaybePromise<void>;

  /** Removes the epochs with these numbers. Their results are removed separately. */
  abstract remove(numbers: readonly number[]): MaybePromise<void>;

  /** Gives the ids of the experiments that have more epochs than this. */
  abstract crowded(limit: number): MaybePromise<number[]>;

  /**
   * Gives the epochs whose experiment is gone, or was purged since: a process may have been interrupted while it removed them. A storage of
   * one process only has none.
   */
  abstract orphans(): MaybePromise<ExperimentEpoch[]>;
}
