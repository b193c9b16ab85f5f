import type { MaybePromise } from '../base/maybe-promise.js';
import type { TableNames } from '../database/tables.js';
import type { ExperimentRow, ExperimentSettings, RunTimes } from './experiment-row.js';

/** An experiment, and what it is at: another text after each change that operators make. */
export interface ExperimentStamp {
  readonly id: number;
  readonly stamp: string;
}

/** How long nobody else says so after a running process has said that it has an experiment, in ms. */
export const SEEN_LATELY = 30_000;

/** Where experiments are kept. Every process has its own, and they share what is in it. */
export abstract class ExperimentStorage {
  /** The names that its tables have, where they are other than their own. */
  get tables(): TableNames {
    return new Map();
  }

  /** A text that changes whenever an operator changes something, or experiments come or go: small, however many there are. */
  abstract digest(): MaybePromise<string>;

  /** Which experiments there are, and what they are at. */
  abstract stamps(): MaybePromise<ExperimentStamp[]>;

  /** The experiments of these ids, as far as they are there. */
  abstract loadSome(ids: readonly number[]): MaybePromise<ExperimentRow[]>;

  /** All experiments. */
  abstract load(): MaybePromise<ExperimentRow[]>;

  abstract find(name: string): MaybePromise<ExperimentRow | undefined>;

  /** The experiments of these names, as far as they are there. */
  abstract findSome(names: readonly string[]): MaybePromise<ExperimentRow[]>;

  /** Adds experiments that are not there yet, with the percentage given; leaves the others as they are. */
  abstract create(experiments: readonly { name: string; percentEnabled: number }[]): MaybePromise<void>;

  /**
   * Changes what is set, if the experiment is still of the version given. Its version is one higher then, and `updatedAt` the time given.
   *
   * @returns whether it was
   */
  abstract update(name: string, version: number, settings: ExperimentSettings, at: Date): MaybePromise<boolean>;

  /**
   * Removes an experiment, if it is still of the version given.
   *
   * @returns whether it was
   */
  abstract remove(name: string, version: number): MaybePromise<boolean>;

  /**
   * Makes what was recorded so far count no more, if the experiment is still of the epoch given: its epoch is one higher then.
   *
   * @returns whether it was
   */
  abstract advanceEpoch(name: string, epoch: number): MaybePromise<boolean>;

  /** Notes when experiments ran: earlier and later than what is known, never the other way. */
  abstract ran(times: readonly RunTimes[]): MaybePromise<void>;

  /** Notes that a running process has experiments, where none has said so about the same time. */
  abstract seen(names: readonly string[], at: Date): MaybePromise<void>;
}
