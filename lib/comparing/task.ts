import type { LeftOut } from './left-out.js';

/** A part of a comparison that waits to be gone on with. */
export interface Task {
  /** Goes on, as far as the comparer's quota lasts. Gives false where the values differ. Takes itself away when it is done. */
  advance(comparer: Comparer): boolean;
}

/** A task that tries which of several values another equals. */
export interface Trying extends Task {
  /** Takes that what it has tried last differs. */
  failed(): void;
}

/** What compares pairs of values, as tasks see it. */
export interface Comparer {
  /** Steps that are left in this piece; negative where one step was a long one. */
  quota: number;

  /** How many tasks wait. */
  readonly depth: number;

  /**
   * Compares two values as far as one piece goes, and puts off the rest. Gives false where they differ.
   *
   * @param level how many values around these are being compared in the same piece
   */
  pair(one: unknown, other: unknown, level: number, leftOut?: LeftOut): boolean;

  /** Puts off a task until those that were put off later are done. */
  push(task: Task): void;

  /** Takes the last task away. */
  pop(): void;

  /** Tells whether two objects need no comparing: they were compared before, or are being compared. Else takes that they are. */
  isKnown(one: object, other: object): boolean;

  /** Begins a trial: what differs from now on differs in it alone, until it is ended. */
  try(task: Trying): void;

  /** Ends the trial that has succeeded, which is the last that was begun. */
  succeed(): void;

  /** Ends the last trial, which has failed. */
  fail(): void;

  /** Tells whether two sets or maps were found to differ. */
  areKnownToDiffer(one: object, other: object): boolean;

  /** Takes that two sets or maps differ, whatever else does. */
  differ(one: object, other: object): void;

  /** Ends the piece, since what comes next is a long one that can't be divided. */
  rest(): void;

  /** Takes that something is too large to be looked at. What else there is may still differ. */
  giveUp(): void;

  /** Takes that a field was left out. */
  leave(): void;
}
