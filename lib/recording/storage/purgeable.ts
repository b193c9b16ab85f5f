import { setImmediate } from 'node:timers/promises';
import type { MaybePromise } from '../../base/maybe-promise.js';
import type { ExperimentEpoch } from '../recorded.js';

/** A storage that removes rows in small steps, so that no statement blocks others for long. */
export interface PurgeableStorage {
  /** Counts the rows of an experiment's epochs before the given one. Without an epoch, counts all its rows. */
  forgettable(experimentId: number, before?: number): MaybePromise<number>;

  /**
   * Removes some of these rows.
   *
   * @returns whether there were any
   */
  forgetSome(experimentId: number, before?: number): MaybePromise<boolean>;

  /**
   * Finds rows that belong to no experiment any more, or to an earlier epoch of one. Another process may have written them
   * late.
   */
  orphans(): MaybePromise<ExperimentEpoch[]>;
}

/** Repeats a removal until nothing is left. Yields to the event loop after each step, because SQLite statements don't. */
export async function purgeAll(forgetSome: () => MaybePromise<boolean>): Promise<void> {
  while (await forgetSome()) await setImmediate();
}
