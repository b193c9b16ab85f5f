import { types } from 'node:util';
import type { AreEqual, EqualityRules } from '../values/equality-rules.js';
import { unbox } from '../values/kind-of.js';
import { hasManyKeys } from '../values/many-keys.js';
import { describeKind } from './class-traits.js';
import type { Comparer, Task, Trying } from './comparing-task.js';
import { PairTask, TextTask } from './cursors.js';
import type { Equality, Undecided } from './equality.js';
import type { LeftOut } from './left-out.js';
import { compareObjects } from './objects/object-comparison.js';
import { PairMemo, Revisits } from './pair-memo.js';
import { LONG } from './texts.js';

/** Steps before the comparison starts to watch for objects that it meets repeatedly. */
const UNWATCHED = 2_000;

/** Longest text that is compared in one step, in characters. */
const TEXT = 65_536;

/** Records that are checked for having too many properties to be listed. */
const FIRST = 8;

/** Steps that are charged per ms of a user's function. */
const STEPS_PER_MS = 10_000;

/** Asks a user's function whether two instances are equal. */
export type AskUser = (areEqual: AreEqual, one: object, other: object) => boolean;

/** Trial, with the number of tasks and the mark of the memo before it. */
interface Trial {
  readonly task: Trying;
  readonly depth: number;
  readonly mark: number;
}

/**
 * Comparison of two values as `util.isDeepStrictEqual` makes it, but in pieces, and without guessing: what has state that can't be read is
 * not comparable, unless both sides have the same object. Its time is proportional to the size of the values, however deep they are and
 * whatever they share. Pairs under comparison count as equal until a difference is found, so that cycles end. Cycles of different lengths
 * that unroll to the same values are equal; Node's versions disagree about them.
 *
 * Runs no code of the values' but what `isDeepStrictEqual` runs: accessors, and traps of proxies. Throws what these throw.
 */
export class Comparing implements Comparer {
  quota = 0;
  /** Steps done so far. A step is a pair of values, or something that takes as long. */
  steps = 0;
  /** Tells whether a field was ignored. */
  hasLeftOut = false;
  /** First part that can't be compared, for people, such as `an instance of Money`. */
  obstacle: string | undefined;

  private readonly tasks: Task[] = [];
  private readonly trials: Trial[] = [];
  private revisits: Revisits | undefined;
  private memo: PairMemo | undefined;
  private different: Map<object, Set<object>> | undefined;
  private reason: Undecided | undefined;
  private isUndecided = false;
  /** Records that were checked for having too many properties. */
  private records = 0;
  private isResting = false;

  /**
   * @param leftOut parts that are not compared
   * @param ask calls the user's functions in `rules`
   */
  constructor(
    one: unknown,
    other: unknown,
    leftOut?: LeftOut,
    readonly rules?: EqualityRules,
    private readonly ask: AskUser = (areEqual, here, there) => Boolean(areEqual(here, there)),
  ) {
    this.tasks.push(new PairTask(one, other, leftOut));
  }

  /**
   * Continues for about that many steps.
   *
   * @returns the result, undefined while it isn't known
   */
  advance(steps: number): Equality | undefined {
    this.quota = steps;
    let answer: Equality | undefined;
    while (this.quota > 0 && answer === undefined) {
      const task = this.tasks[this.tasks.length - 1];
      if (task === undefined) answer = this.reason ?? 'equal';
      else if (!task.advance(this)) answer = this.endAsDifferent();
      if (this.isUndecided) answer = this.reason;
    }
    this.steps += steps - this.quota;
    if (this.revisits === undefined && this.steps > UNWATCHED) this.revisits = new Revisits();
    return answer;
  }

  get depth(): number {
    return this.tasks.length;
  }

  pair(one: unknown, other: unknown, level: number, leftOut?: LeftOut): boolean {
    this.quota -= 1;
    if (this.rules?.isStructural) [one, other] = [unboxed(one), unboxed(other)];
    switch (typeof one) {
      case 'object':
        if (one === other && leftOut === undefined) return true;
        if (one === null || typeof other !== 'object' || other === null) return one === other;
        return compareObjects(this, one, other, level, leftOut);
      case 'string':
        return typeof other === 'string' && this.compareTexts(one, other);
      case 'number':
        return Object.is(one, other);
      case 'function':
        return one === other || (typeof other === 'function' && this.compareFunctions(one));
      default:
        return one === other;
    }
  }

  push(task: Task): void {
    this.tasks.push(task);
  }

  pop(): void {
    this.tasks.pop();
  }

  isKnown(one: object, other: object): boolean {
    if (this.memo === undefined) {
      if (!this.revisits?.meet(one)) return false;
      this.memo = new PairMemo();
    }
    return !this.memo.add(one, other, this.trials.length > 0);
  }

  try(task: Trying): void {
    this.memo ??= new PairMemo();
    this.trials.push({ task, depth: this.tasks.length, mark: this.memo.mark });
  }

  succeed(): void {
    this.trials.pop();
    if (this.trials.length === 0) this.memo?.keep();
  }

  fail(): void {
    const trial = this.trials.pop();
    if (trial === undefined) return;
    this.tasks.length = trial.depth;
    this.memo?.undo(trial.mark);
    trial.task.failed();
  }

  areKnownToDiffer(one: object, other: object): boolean {
    return this.different?.get(one)?.has(other) ?? false;
  }

  differ(one: object, other: object): void {
    const different = (this.different ??= new Map<object, Set<object>>());
    const known = different.get(one);
    if (known === undefined) different.set(one, new Set([other]));
    else known.add(other);
  }

  rest(): void {
    this.isResting = true;
    this.quota = 0;
  }

  /** Tells whether the next step should have a slice of its own. Clears the flag. */
  takeRest(): boolean {
    const { isResting } = this;
    this.isResting = false;
    return isResting;
  }

  giveUp(reason: Undecided = 'tooLarge'): void {
    this.reason ??= reason;
    // Within a trial, the answer decides which values are compared with each other.
    if (this.trials.length > 0) this.isUndecided = true;
  }

  leave(): void {
    this.hasLeftOut = true;
  }

  askUser(areEqual: AreEqual, one: object, other: object): boolean {
    if (one === other) return true;
    const begun = performance.now();
    const answer = this.ask(areEqual, one, other);
    this.quota -= Math.ceil((performance.now() - begun) * STEPS_PER_MS);
    return answer;
  }

  isTooLarge(record: object): boolean {
    if (this.records >= FIRST) return false;
    this.records += 1;
    return !types.isProxy(record) && hasManyKeys(record);
  }

  giveUpAsUnknown(one: unknown, other: unknown): true {
    if (one === other) return true;
    this.obstacle ??= describeKind(one);
    this.giveUp('notComparable');
    return true;
  }

  /** Ends the last trial as failed. Without a trial, the values are different. */
  private endAsDifferent(): Equality | undefined {
    if (this.trials.length === 0) return 'different';
    this.fail();
    return undefined;
  }

  private compareTexts(one: string, other: string): boolean {
    const { length } = one;
    if (length !== other.length) return false;
    if (length <= TEXT) {
      this.quota -= length >> 10;
      return one === other;
    }
    if (length > LONG) this.giveUp();
    else this.push(new TextTask(one, other));
    return true;
  }

  private compareFunctions(one: unknown): true {
    // Functions are no data, and belong to the class, which doesn't count.
    return this.rules?.isStructural ? true : this.giveUpAsUnknown(one, undefined);
  }
}

function unboxed(value: unknown): unknown {
  return typeof value === 'object' && value !== null && types.isBoxedPrimitive(value) ? unbox(value) : value;
}
