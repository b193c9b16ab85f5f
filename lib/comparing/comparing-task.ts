import type { Undecided } from './equality.js';
import type { AreEqual, EqualityRules } from '../values/equality-rules.js';
import type { LeftOut } from './left-out.js';

/** Part of a comparison that waits to be continued. */
export interface Task {
  /** Continues as far as the comparer's quota lasts. Returns false if the values differ. Removes itself when it is done. */
  advance(comparer: Comparer): boolean;
}

/** Task that tries which of several values equals another. */
export interface Trying extends Task {
  /** Notes that the values of the last trial differ. */
  failed(): void;
}

/** Comparer of pairs of values, as tasks use it. */
export interface Comparer {
  /** Steps that are left in this piece; negative after a long step. */
  quota: number;

  /** Rules by which values are compared. */
  readonly rules?: EqualityRules | undefined;

  /** Number of waiting tasks. */
  readonly depth: number;

  /**
   * Compares two values as far as one piece goes, and puts off the rest. Returns false if they differ.
   *
   * @param level number of enclosing values that are being compared in the same piece
   */
  pair(one: unknown, other: unknown, level: number, leftOut?: LeftOut): boolean;

  /** Adds a task on top: it is done before those that wait already. */
  push(task: Task): void;

  /** Removes the topmost task. */
  pop(): void;

  /** Tells whether two objects were compared before, or are being compared. If not, notes that they are from now on. */
  isKnown(one: object, other: object): boolean;

  /** Begins a trial. Until it ends, a difference makes only the trial fail. */
  try(task: Trying): void;

  /** Ends the last trial as successful. */
  succeed(): void;

  /** Ends the last trial as failed. */
  fail(): void;

  /** Tells whether two sets or maps were found to differ. */
  areKnownToDiffer(one: object, other: object): boolean;

  /** Notes that two sets or maps differ, whatever else differs. */
  differ(one: object, other: object): void;

  /** Ends the piece, because the next step is long and can't be divided. */
  rest(): void;

  /** Notes that something is too large, or can't be compared. Other parts may still differ. */
  giveUp(reason?: Undecided): void;

  /** Gives up two objects whose state can't be read. The same object equals itself. */
  giveUpAsUnknown(one: unknown, other: unknown): true;

  /** Notes that a field was ignored. */
  leave(): void;

  /** Asks a user's function whether two instances are equal. */
  askUser(areEqual: AreEqual, one: object, other: object): boolean;

  /** Decides whether one of the first records has so many properties that to list them would hold the event loop for too long. */
  isTooLarge(record: object): boolean;
}
