import { setImmediate } from 'node:timers/promises';
import type { MaybePromise } from '../../base/maybe-promise.js';
import type { ExperimentEpoch } from '../recorded.js';

/**
 * Removes what belongs to an experiment in small steps, so that no step blocks others for long.
 *
 * @publicApi
 */
export abstract class PurgeableStorage {
  /**
   * Counts what `forgetSome` would remove.
   *
   * @param before only of epochs before this one; without it, of all
   */
  abstract forgettable(experimentId: number, before?: number): MaybePromise<number>;

  /**
   * Removes some of an experiment's rows, as many as take a few ms. The library calls it until it gives false.
   *
   * @param before only of epochs before this one; without it, of all
   * @returns whether there were any
   */
  abstract forgetSome(experimentId: number, before?: number): MaybePromise<boolean>;

  /**
   * Gives the experiments and epochs of rows whose experiment is gone, or has a later epoch: another process may have written them during
   * a removal or a purge. A storage of one process only has none.
   */
  abstract orphans(): MaybePromise<ExperimentEpoch[]>;
}

/** Repeats a removal until nothing is left. Yields to the event loop after each step, because SQLite statements don't. */
export async function purgeAll(forgetSome: () => MaybePromise<boolean>): Promise<void> {
  while (await forgetSome()) await setImmediate();
}
