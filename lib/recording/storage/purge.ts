import { setImmediate } from 'node:timers/promises';
import type { MaybePromise } from '../../base/maybe-promise.js';
import type { ExperimentEpoch } from '../recorded.js';

/**
 * Removes what belongs to an epoch in small steps, so that no step blocks others for long.
 *
 * @publicApi
 */
export abstract class PurgeableStorage {
  /**
   * Counts an experiment's rows that are still to be removed.
   *
   * @param kept numbers of the epochs whose rows stay
   */
  abstract forgettable(experimentId: number, kept: readonly number[]): MaybePromise<number>;

  /**
   * Removes some of an epoch's rows, as many as take a few ms. The library calls it until it gives false.
   *
   * @returns whether there were any
   */
  abstract forgetSome(of: ExperimentEpoch): MaybePromise<boolean>;

  /**
   * Gives the epochs of rows whose epoch is gone: another process may have written them while it was removed. A storage of one process
   * only has none.
   */
  abstract orphans(): MaybePromise<ExperimentEpoch[]>;
}

/** Repeats a removal until nothing is left. Yields to the event loop after each step, because SQLite statements don't. */
export async function purgeAll(forgetSome: () => MaybePromise<boolean>): Promise<void> {
  while (await forgetSome()) await setImmediate();
}
