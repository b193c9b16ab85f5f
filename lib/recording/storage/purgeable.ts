import { setImmediate } from 'node:timers/promises';
import type { MaybePromise } from '../../base/maybe-promise.js';
import type { ExperimentEpoch } from '../recorded.js';

/** What forgets by and by: no statement removes so many rows that others would wait long for it. */
export interface PurgeableStorage {
  /** How many rows belong to an experiment's earlier epochs; with no epoch, to any. */
  forgettable(experimentId: number, before?: number): MaybePromise<number>;

  /**
   * Forgets some of them.
   *
   * @returns whether there were any
   */
  forgetSome(experimentId: number, before?: number): MaybePromise<boolean>;

  /** Whose rows belong to no experiment any more, or to an earlier epoch of one: another process may have written them meanwhile. */
  orphans(): MaybePromise<ExperimentEpoch[]>;
}

/** Forgets all of them, with a turn of the event loop after each step: on SQLite, statements take none themselves. */
export async function purgeAll(forgetSome: () => MaybePromise<boolean>): Promise<void> {
  while (await forgetSome()) await setImmediate();
}
