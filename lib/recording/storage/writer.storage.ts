import type { MaybePromise } from '../../base/maybe-promise.js';

/** A number under which one process at a time writes its tallies, and the next goes on with them. */
export interface TallyWriter {
  readonly id: number;
  /** The process that has it. */
  readonly owner: string;
  /** Changes with each writing of its owner. */
  readonly beat: number;
}

/**
 * Where writers are kept: numbers that processes have in turn, so that there are never more rows than there were processes at the
 * same time, however often they are started.
 */
export abstract class WriterStorage {
  /** Gives an owner a writer: the one that it has, one that nobody has, or a new one. */
  abstract claim(owner: string): MaybePromise<number>;

  /** Notes that the owner writes. Gives false if the writer is not the owner's any more. */
  abstract beat(id: number, owner: string): MaybePromise<boolean>;

  /** The writers that somebody has, by their numbers. */
  abstract owned(): MaybePromise<TallyWriter[]>;

  /** Takes a writer from its owner, unless that has written since the given beat; without a beat, in any case. */
  abstract release(id: number, owner: string, beat?: number): MaybePromise<void>;
}
