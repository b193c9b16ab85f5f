import type { MaybePromise } from '../base/maybe-promise.js';
import type { TableNames } from '../database/tables.js';
import type { ExperimentRow, ExperimentSettings, NewExperiment, RunTimes } from './experiment-row.js';

/**
 * An experiment's id, with a text that differs after each change of its version and each purge.
 *
 * @publicApi
 */
export interface ExperimentStamp {
  readonly id: number;
  readonly stamp: string;
}

/** Time for which one process's word that it has an experiment is enough, in ms. */
export const SEEN_LATELY = 30_000;

/**
 * Keeps experiments and their settings. Each process has an instance of its own, and all of them share the data.
 *
 * A method answers at once, or with a native promise. One that can't throws or rejects; the library reports that as `storage`, and goes on
 * with what it knows. It waits 10 s for an answer. `experimentStorageContract` of `nestjs-studies/testing` tests these rules.
 *
 * @publicApi
 */
export abstract class ExperimentStorage {
  /** @internal Names of tables that differ from the library's own, for its messages. */
  get tables(): TableNames {
    return new Map();
  }

  /**
   * Gives a text that changes whenever the version of an experiment changes, when one is purged, and when experiments come or go. Every process asks
   * for it about once a second, so keep it cheap, and small however many experiments there are.
   */
  abstract digest(): MaybePromise<string>;

  /** Gives the stamps of all experiments. Processes ask for them when the digest has changed. */
  abstract stamps(): MaybePromise<ExperimentStamp[]>;

  /** Gives the experiments with these ids. Ids that don't exist are left out. */
  abstract loadSome(ids: readonly number[]): MaybePromise<ExperimentRow[]>;

  /** Gives all experiments. */
  abstract load(): MaybePromise<ExperimentRow[]>;

  /** Gives the experiment with exactly this name: case, accents and emoji count. */
  abstract find(name: string): MaybePromise<ExperimentRow | undefined>;

  /** Gives the experiments with these names, each once. Names that don't exist are left out. */
  abstract findSome(names: readonly string[]): MaybePromise<ExperimentRow[]>;

  /**
   * Adds experiments with a new id each, the percentage given, and `NEW_EXPERIMENT`. Leaves those that exist as they are: several processes
   * may add the same experiment at the same time.
   */
  abstract create(experiments: readonly NewExperiment[]): MaybePromise<void>;

  /**
   * Replaces an experiment's settings if it still has this version, in one atomic step. Raises the version by one, and sets `updatedAt`.
   *
   * @param at the new `updatedAt`
   * @returns whether the experiment had this version
   */
  abstract update(name: string, version: number, settings: ExperimentSettings, at: Date): MaybePromise<boolean>;

  /**
   * Removes an experiment if it still has this version, in one atomic step. Its id is never given to another.
   *
   * @returns whether the experiment had this version
   */
  abstract remove(name: string, version: number): MaybePromise<boolean>;

  /**
   * Raises the number of an experiment's purges by one if it is still this one, in one atomic step. Results from before don't count any more.
   *
   * @returns whether the experiment had this number of purges
   */
  abstract countPurge(name: string, purges: number): MaybePromise<boolean>;

  /** Moves `firstRunAt` back and `lastRunAt` forward to these times, never the other way. Leaves the version as it is. */
  abstract ran(times: readonly RunTimes[]): MaybePromise<void>;

  /**
   * Sets `seenAt` where it is null or more than 30 s before or after this time, so that many processes cause few writes. Leaves the version
   * as it is.
   */
  abstract seen(names: readonly string[], at: Date): MaybePromise<void>;
}
