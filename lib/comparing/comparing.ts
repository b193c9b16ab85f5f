import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { viewBytes } from '../values/binary.js';
import { hasContent, ownValue, prototypeOf, unbox } from '../values/kind-of.js';
import { areOfSameKind, areSameInside, isError, viewKind, viewLength, readTag } from './object-content.js';
import { describeKind, readClassTraits, UNCLASSED, type ClassTraits } from './class-traits.js';
import { MapTask, PruningTask, SetTask, countMembers } from './collections.js';
import {
  BytesCursor,
  entryFate,
  isSameHole,
  KeysTask,
  findLeftOut,
  ListCursor,
  PairTask,
  RecordCursor,
  TextTask,
} from './cursors.js';
import type { Equality, Undecided } from './equality.js';
import type { AreEqual, EqualityRules } from '../values/equality-rules.js';
import { OUT, type LeftOut } from './left-out.js';
import { readCryptoKey } from './platform-content.js';
import { hasManyKeys } from '../values/many-keys.js';
import { listErrorFields, readAnswer } from '../values/error-fields.js';
import { isEnumerable, listNames, listSymbols, listUnlisted } from './property-names.js';
import { PairMemo, Revisits } from './pair-memo.js';
import type { Comparer, Task, Trying } from './comparing-task.js';
import { LONG } from './texts.js';

/** Levels of nested values that are compared in one piece, and properties or items of one of them. */
const LEVELS = 8;
const PARTS = 32;

/** Steps before the comparison starts to watch for objects that it meets repeatedly. */
const UNWATCHED = 2_000;

/** Longest text that is compared in one step, in characters. */
const TEXT = 65_536;

/** Largest binary data that is compared in one step, in bytes. */
const BYTES = 16_384;

/** Properties above which an object's keys are listed in a piece of their own. Listing takes some 200 ns per key. */
const MANY = 2_000;

/** Records that are checked for having too many properties to be listed. */
const FIRST = 8;

/** Steps that are charged for an object of a special kind, and for searching a list for named properties. */
const CONTENT = 8;
const NAMES = 64;

/** Steps that are charged for reading the content of a platform's object, and per ms of a user's function. */
const PLATFORM = 64;
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
        return this.compareObjects(one, other, level, leftOut);
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

  private compareObjects(one: object, other: object, level: number, leftOut: LeftOut | undefined): boolean {
    // A pair that was put off already is compared here, so that there is always some progress.
    if (level >= LEVELS || (level > 0 && this.quota <= 0)) {
      this.push(new PairTask(one, other, leftOut));
      return true;
    }
    const prototype = prototypeOf(one);
    if (prototype === Object.prototype && this.rules === undefined) {
      return prototypeOf(other) === prototype && this.comparePlain(one, other, level, leftOut);
    }
    const across = prototypeOf(other);
    const isSameClass = prototype === across;
    if (this.rules !== undefined) {
      const areEqual = this.rules.find(prototype);
      if (areEqual !== this.rules.find(across)) return false;
      if (areEqual !== undefined) return this.askUser(areEqual, one, other);
      if (this.rules.isStructural && !areOfSameKind(one, other)) return false;
    }
    // Each generator function has a prototype of its own.
    if (!isSameClass && !this.rules?.isStructural) return areGenerators(one, other) && this.giveUpAsUnknown(one, other);
    if (prototype === Array.prototype && isSameClass) return this.compareItems(one, other, level, leftOut);
    const traits = classOf(prototype);
    return this.compareInstances(one, other, traits, isSameClass ? traits : classOf(across), level, leftOut);
  }

  private comparePlain(one: object, other: object, level: number, leftOut: LeftOut | undefined): boolean {
    const tag = readTag(one);
    if (tag !== readTag(other)) return false;
    return tag === '[object Object]'
      ? this.compareRecords(one, other, level, false, leftOut)
      : this.compareContents(one, other, level, leftOut);
  }

  private compareInstances(
    one: object,
    other: object,
    here: ClassTraits,
    there: ClassTraits,
    level: number,
    leftOut: LeftOut | undefined,
  ): boolean {
    const { platform } = here;
    if (platform?.name !== there.platform?.name) return false;
    if (here.hidesState || there.hidesState) return this.compareHidden(one, other, level);
    if (Array.isArray(one)) return this.compareItems(one, other, level, leftOut);
    if (platform !== undefined) {
      this.quota -= PLATFORM;
      if (!this.pair(platform.read(one), platform.read(other), level + 1)) return false;
      if (platform.isPartial) return this.giveUpAsUnknown(one, other);
    } else if (here.isSpecial || there.isSpecial) return this.compareContents(one, other, level, leftOut);
    else if (!this.rules?.isStructural && readTag(one) !== readTag(other)) return false;
    return this.compareRecords(one, other, level, false, leftOut, here);
  }

  /** Compares two objects of which one has the prototype of a list. */
  private compareItems(one: object, other: object, level: number, leftOut: LeftOut | undefined): boolean {
    if (Array.isArray(one)) return Array.isArray(other) && this.compareLists(one, other, level, leftOut);
    return !Array.isArray(other) && this.comparePlain(one, other, level, leftOut);
  }

  /** Compares keys, whose content the platform compares. Other hidden state can't be compared. */
  private compareHidden(one: object, other: object, level: number): boolean {
    if (types.isKeyObject(one)) return areSameInside(one, other) === true;
    if (types.isCryptoKey(one)) return types.isCryptoKey(other) && this.pair(readCryptoKey(one), readCryptoKey(other), level + 1);
    return this.giveUpAsUnknown(one, other);
  }

  private compareFunctions(one: unknown): true {
    // Functions are no data, and belong to the class, which doesn't count.
    return this.rules?.isStructural ? true : this.giveUpAsUnknown(one, undefined);
  }

  private askUser(areEqual: AreEqual, one: object, other: object): boolean {
    if (one === other) return true;
    const begun = performance.now();
    const answer = this.ask(areEqual, one, other);
    this.quota -= Math.ceil((performance.now() - begun) * STEPS_PER_MS);
    return answer;
  }

  private compareLists(one: unknown[], other: unknown[], level: number, leftOut: LeftOut | undefined): boolean {
    const { length } = one;
    if (leftOut === undefined ? length !== other.length : leftOut.countKept(length) !== leftOut.countKept(other.length))
      return false;
    const names = listNames(one, length);
    const others = listNames(other, other.length);
    if (length > PARTS) this.quota -= NAMES;
    let isNoted = leftOut !== undefined;
    if (names === undefined || others === undefined) this.giveUp();
    else if (names.length + others.length > 0) {
      if (!isNoted && this.isKnown(one, other)) return true;
      isNoted = true;
      if (!this.compareProperties(one, other, level, names, others, leftOut)) return false;
    }
    if (length > PARTS || leftOut !== undefined) {
      if (!isNoted && this.isKnown(one, other)) return true;
      this.push(new ListCursor(one, other, leftOut));
      return true;
    }
    for (let index = 0; index < length; index += 1) {
      const [here, there]: [unknown, unknown] = [one[index], other[index]];
      if (here === undefined && !isSameHole(one, other, index)) return false;
      if (!isNoted && typeof here === 'object' && here !== null) {
        if (this.isKnown(one, other)) return true;
        isNoted = true;
      }
      if (!this.pair(here, there, level + 1)) return false;
    }
    return true;
  }

  /**
   * Compares the properties of two objects other than lists.
   *
   * @param isNoted whether `isKnown` was called for them already
   * @param traits of their class; undefined for those that hold nothing but their enumerable properties, and their content
   */
  private compareRecords(
    one: object,
    other: object,
    level: number,
    isNoted: boolean,
    leftOut?: LeftOut,
    traits?: ClassTraits,
  ): boolean {
    if (this.isTooLarge(one) || this.isTooLarge(other)) {
      this.giveUp();
      return true;
    }
    const keys = Object.keys(one);
    const { length } = keys;
    const symbols = listSymbols(one);
    const more = length > MANY ? undefined : traits?.findMoreState(one, length, symbols.length);
    if (more === 'nowhere' && Reflect.ownKeys(other).length === 0) return this.giveUpAsUnknown(one, other);
    if (more === 'unlisted') {
      if (!isNoted && leftOut === undefined && this.isKnown(one, other)) return true;
      isNoted = true;
      if (!this.compareUnlisted(one, other, level, leftOut)) return false;
    }
    const isLarge = length > MANY;
    if (isLarge) this.quota -= length;
    const otherSymbols = listSymbols(other);
    if (isLarge && leftOut === undefined && symbols.length + otherSymbols.length === 0) {
      if (isNoted || !this.isKnown(one, other)) this.push(new KeysTask(one, other, keys));
      return true;
    }
    const others = Object.keys(other);
    if (symbols.length > 0 || otherSymbols.length > 0) {
      if (!isNoted && leftOut === undefined && this.isKnown(one, other)) return true;
      return this.compareProperties(one, other, level, [...keys, ...symbols], [...others, ...otherSymbols], leftOut);
    }
    if (leftOut !== undefined) return this.compareProperties(one, other, level, keys, others, leftOut);
    if (length !== others.length) return false;
    if (length > PARTS) {
      if (isNoted || !this.isKnown(one, other)) this.push(new RecordCursor(one, other, keys));
      return true;
    }
    let isNew = isNoted;
    for (let index = 0; index < length; index += 1) {
      const key = keys[index] as string; // it is within the list
      if (key !== others[index] && !isEnumerable(other, key)) return false;
      const here = (one as Record<string, unknown>)[key]; // an object has properties
      const there = (other as Record<string, unknown>)[key];
      if (!isNew && typeof here === 'object' && here !== null) {
        if (this.isKnown(one, other)) return true;
        isNew = true;
      }
      if (!this.pair(here, there, level + 1)) return false;
    }
    return true;
  }

  /** Decides whether one of the first records has so many properties that to list them would hold the event loop for too long. */
  private isTooLarge(record: object): boolean {
    if (this.records >= FIRST) return false;
    this.records += 1;
    return !types.isProxy(record) && hasManyKeys(record);
  }

  /** Compares data that two instances keep in properties that are not enumerable. Accessors aren't run. */
  private compareUnlisted(one: object, other: object, level: number, leftOut: LeftOut | undefined): boolean {
    const [here, there] = [listUnlisted(one), listUnlisted(other)];
    if (here.length !== there.length) return false;
    return here.every((key) => {
      if (!there.includes(key)) return false;
      const fate = entryFate(leftOut, key);
      if (fate !== OUT) return this.pair(ownValue(one, key), ownValue(other, key), level + 1, fate);
      this.leave();
      return true;
    });
  }

  /** Compares properties of two objects for which `isKnown` was called already. */
  private compareProperties(
    one: object,
    other: object,
    level: number,
    ones: readonly PropertyKey[],
    others: readonly PropertyKey[],
    leftOut: LeftOut | undefined,
  ): boolean {
    if (ones.length > PARTS) return this.compareManyProperties(one, other, ones, others, leftOut);
    // Number of compared properties that the one has more than the other.
    let surplus = 0;
    const length = Math.max(ones.length, others.length);
    for (let index = 0; index < length; index += 1) {
      const [key, across] = [ones[index], others[index]];
      const fate = key === undefined ? OUT : entryFate(leftOut, key);
      if (key !== across) {
        if (key !== undefined && fate !== OUT) surplus += 1;
        if (across !== undefined && entryFate(leftOut, across) !== OUT) surplus -= 1;
      }
      if (key === undefined || fate === OUT) {
        this.leave();
        continue;
      }
      if (key !== across && !isEnumerable(other, key)) return false;
      const inside = fate && findLeftOut(fate, one, other, key);
      if (!this.pair(Reflect.get(one, key), Reflect.get(other, key), level + 1, inside)) return false;
    }
    return surplus === 0;
  }

  private compareManyProperties(
    one: object,
    other: object,
    ones: readonly PropertyKey[],
    others: readonly PropertyKey[],
    leftOut: LeftOut | undefined,
  ): boolean {
    const [here, there] = [ones, others].map((keys) => keys.filter((key) => entryFate(leftOut, key) !== OUT));
    if (here === undefined || here.length !== there?.length) return false;
    this.quota -= ones.length + others.length;
    if (here.length < ones.length || here.length < others.length) this.leave();
    this.push(new RecordCursor(one, other, here, leftOut));
    return true;
  }

  /** Compares two objects of a special kind: their internal content, and their properties. */
  private compareContents(one: object, other: object, level: number, leftOut: LeftOut | undefined): boolean {
    // Finding out the kind takes a while.
    this.quota -= CONTENT;
    if (types.isDate(one)) return areSameInside(one, other) === true && this.compareRecords(one, other, level, false);
    if (types.isSet(one)) return types.isSet(other) && this.compareSets(one, other, level, leftOut);
    if (types.isMap(one)) return types.isMap(other) && this.compareMaps(one, other, level, leftOut);
    if (ArrayBuffer.isView(one)) return ArrayBuffer.isView(other) && this.compareViews(one, other, level);
    if (isError(one)) return isError(other) && this.compareErrors(one, other, level, leftOut?.isOfThrown ? leftOut : undefined);
    const areSame = types.isAnyArrayBuffer(one)
      ? types.isAnyArrayBuffer(other) && this.compareBytes(one, other)
      : types.isStringObject(one) && String.prototype.valueOf.call(one).length > TEXT
        ? this.giveUpAsEqual()
        : (areSameInside(one, other) ?? this.giveUpAsUnknown(one, other));
    return areSame && this.compareRecords(one, other, level, false, hasNoFields(one, leftOut) ? undefined : leftOut);
  }

  private compareSets(one: Set<unknown>, other: Set<unknown>, level: number, leftOut: LeftOut | undefined): boolean {
    if (leftOut !== undefined) this.push(new PruningTask(one, other, leftOut));
    else {
      if (countMembers(one) !== countMembers(other) || this.areKnownToDiffer(one, other)) return false;
      if (this.isKnown(one, other)) return true;
      this.push(new SetTask(one, other));
    }
    return this.compareRecords(one, other, level, true);
  }

  private compareMaps(
    one: Map<unknown, unknown>,
    other: Map<unknown, unknown>,
    level: number,
    leftOut: LeftOut | undefined,
  ): boolean {
    // Where entries are ignored by their place, the same key may be at another place in the other map.
    if (leftOut?.namesItems) {
      this.push(new PruningTask(one, other, leftOut));
    } else {
      if (leftOut === undefined) {
        if (countMembers(one) !== countMembers(other) || this.areKnownToDiffer(one, other)) return false;
        if (this.isKnown(one, other)) return true;
      }
      this.push(new MapTask(one, other, leftOut));
    }
    return this.compareRecords(one, other, level, true);
  }

  private compareViews(one: ArrayBufferView, other: ArrayBufferView, level: number): boolean {
    if (viewKind(one) !== viewKind(other) || one.byteLength !== other.byteLength) return false;
    const [here, there] = [one, other].map((view) => listNames(view, viewLength(view)));
    this.quota -= NAMES;
    if (here === undefined || there === undefined) return this.giveUpAsEqual();
    return this.compareBytes(one, other) && this.compareProperties(one, other, level, here, there, undefined);
  }

  private compareBytes(one: ArrayBufferLike | ArrayBufferView, other: ArrayBufferLike | ArrayBufferView): boolean {
    if (one.byteLength !== other.byteLength) return false;
    const [here, there] = [viewBytes(one), viewBytes(other)];
    if (one.byteLength <= BYTES) return Buffer.compare(here, there) === 0;
    this.push(new BytesCursor(here, there));
    return true;
  }

  /** Compares the parts of errors that are not enumerable, and then the properties that say what went wrong. */
  private compareErrors(one: Error, other: Error, level: number, leftOut: LeftOut | undefined): boolean {
    if (leftOut === undefined && this.isKnown(one, other)) return true;
    for (const key of ['message', 'name', 'cause', 'errors']) {
      const isProperty = isEnumerable(one, key);
      if (isProperty !== isEnumerable(other, key)) return false;
      const fate = entryFate(leftOut, key);
      if (fate === OUT) this.leave();
      else if (!isProperty && !this.pair(Reflect.get(one, key), Reflect.get(other, key), level + 1, fate)) return false;
    }
    const fate = entryFate(leftOut, 'response');
    if (fate !== OUT && !this.pair(readAnswer(one), readAnswer(other), level + 1, fate)) return false;
    return this.compareProperties(one, other, level, listErrorFields(one), listErrorFields(other), leftOut);
  }

  private giveUpAsEqual(): true {
    this.giveUp();
    return true;
  }

  /** Gives up two objects whose state can't be read. The same object equals itself. */
  private giveUpAsUnknown(one: unknown, other: unknown): true {
    if (one === other) return true;
    this.obstacle ??= describeKind(one);
    this.giveUp('notComparable');
    return true;
  }
}

function areGenerators(one: object, other: object): boolean {
  return types.isGeneratorObject(one) && types.isGeneratorObject(other);
}

function classOf(prototype: object | null): ClassTraits {
  return prototype === null ? UNCLASSED : readClassTraits(prototype);
}

function unboxed(value: unknown): unknown {
  return typeof value === 'object' && value !== null && types.isBoxedPrimitive(value) ? unbox(value) : value;
}

/** Decides whether an object has content beside its fields, so that fields of it can't be ignored. */
function hasNoFields(object: object, leftOut: LeftOut | undefined): boolean {
  return leftOut !== undefined && hasContent(object);
}
