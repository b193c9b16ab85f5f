import type { MaybePromise } from '../../base/maybe-promise.js';

/**
 * A number under which one process at a time writes its tallies. The next process continues with them.
 *
 * @publicApi
 */
export interface TallyWriter {
  /** Above 0. */
  readonly id: number;

  /** The process that has the number; a UUID. */
  readonly owner: string;

  /** Changes whenever the owner says that it writes. */
  readonly beat: number;
}

/**
 * Keeps writers. Numbers are used again, so that there are never more than there were processes at the same time, however often these are
 * started.
 *
 * @publicApi
 */
export abstract class WriterStorage {
  /**
   * Gives an owner its number: the one that it has, or the lowest that nobody has, or a new one. Two owners never have the same, even if they
   * ask at the same time.
   */
  abstract claim(owner: string): MaybePromise<number>;

  /**
   * Changes the beat of a number if this owner still has it, in one atomic step.
   *
   * @returns whether the owner has it
   */
  abstract beat(id: number, owner: string): MaybePromise<boolean>;

  /** Gives the numbers that have an owner, the lowest first. */
  abstract owned(): MaybePromise<TallyWriter[]>;

  /**
   * Takes a number from its owner, in one atomic step.
   *
   * @param beat the only beat with which it is taken; by default, any
   */
  abstract release(id: number, owner: string, beat?: number): MaybePromise<void>;
}
