import { types } from 'node:util';
import type { CopyPace } from './copy-budget.js';
import { TOO_LARGE } from './copy-budget.js';
import { copyBinary, copyDate, copyRegExp } from './copies.js';
import { hidesState, isObject, kindOf, numberOf, prototypeOf } from '../kind-of.js';
import { isClass, type LiveValues } from './live-values.js';
import { inertContext, isMessageContext } from './message-context.js';

/**
 * Kind of data that is copied: a behaviour's value; arguments of a call, which must have no live parts; or arguments that were made for
 * candidates, by an author who knows their live parts.
 */
export type CopyMode = 'value' | 'arguments' | 'made';

/** Knowledge about classes that all copies share. */
export interface Classes {
  readonly live: LiveValues;
  /** Tells whether the class of a prototype keeps state that its instances' properties don't show. */
  readonly hiding: WeakMap<object, boolean>;
}

/** Thrown for a live part where none is allowed. */
export class Live {
  constructor(
    readonly value: unknown,
    /** Kind of the live value, for people. */
    readonly what: string,
  ) {}
}

/** Symbol that is thrown, within an instance, for anything but data. */
const NO_DATA = Symbol('noData');

const isNoData = (error: unknown): boolean => error === NO_DATA;
const isLive = (error: unknown): boolean => error instanceof Live;

/** Most properties that are copied at once. For more, V8 takes longer than it takes to copy each by itself. */
const FEW = 64;

/** Longest list, in items, that is searched for properties that are not enumerable. In longer ones that takes 1 µs per item. */
const SHORT = 10;

/** Levels of nested objects that are copied at most. Each takes part of the stack, and unwinding it takes as long again. */
const LEVELS = 250;

/** Units of work per value, item, entry and described property. */
const VALUE = 4;
const ITEM = 1;
const ENTRY = 5;
const DESCRIBED = 10;

/** Ratio of the time of an item, an entry or a property to the shortest unit, where there are many and memory is new. */
const OF_MANY = 10;

/** Records that are checked with the clock for having too many properties. */
const FIRST = 2;

const { getOwnPropertyDescriptor, getOwnPropertyNames, getOwnPropertySymbols } = Object;
const sizeOfMap = numberOf(Map.prototype, 'size');
const sizeOfSet = numberOf(Set.prototype, 'size');

/**
 * Single copy under way, as `Copier` describes it. It throws `TOO_LARGE`, a `Live`, or a RangeError for values that are nested too deeply,
 * all of which `Copier` catches.
 */
export class Copying {
  /** Tells whether all copies so far are ordinary data: primitives, plain objects and lists. */
  isPlain = true;

  private readonly copies = new Map<object, object>();
  /** Originals whose copies may have to be forgotten, in the order of copying. */
  private journal: object[] | undefined;
  /** Tells whether the copied value is part of an instance, which is copied only if it holds nothing but data. */
  private isStrict = false;
  private records = 0;
  private level = 0;

  constructor(
    private readonly classes: Classes,
    private readonly pace: CopyPace,
    private mode: CopyMode,
  ) {}

  copy(value: unknown): unknown {
    if (isObject(value)) return this.copyObject(value);
    if (typeof value === 'function') this.checkFunction(value);
    return value;
  }

  private copyObject(value: object): object {
    if (types.isProxy(value)) return this.share(value);
    const known = this.copies.get(value);
    if (known !== undefined) return known;
    if (this.level === LEVELS) throw TOO_LARGE;
    this.level += 1;
    const copy = this.copyUnknown(value);
    this.level -= 1;
    return copy;
  }

  private copyUnknown(value: object): object {
    const prototype = prototypeOf(value);
    if (prototype === Object.prototype) return this.copyRecord(value, prototype);
    this.pace.work(VALUE);
    const kind = kindOf(value);
    if (kind !== 'list') this.isPlain = false;
    switch (kind) {
      case 'date':
        return this.keep(value, copyDate(value as Date)); // kindOf has checked
      case 'regexp':
        return this.keep(value, copyRegExp(value as RegExp)); // kindOf has checked
      case 'binary':
        return this.keep(value, copyBinary(value as ArrayBuffer | NodeJS.ArrayBufferView, this.pace)); // kindOf has checked
      case 'list':
        return this.copyList(value as unknown[]); // kindOf has checked
      case 'map':
        return this.copyMap(value as Map<unknown, unknown>); // kindOf has checked
      case 'set':
        return this.copySet(value as Set<unknown>); // kindOf has checked
      case 'plain':
        return this.copyRecord(value, prototype);
      case 'instance':
        return this.copyInstance(value, prototype as object); // without one it would be plain
      case 'shared':
        this.checkInstance(value);
        return value;
      case 'opaque':
        return this.share(value);
      default:
        return kind satisfies never;
    }
  }

  private copyList(list: unknown[]): object {
    this.pace.fit(list.length * OF_MANY);
    if (isUnusual(list) || this.hasAccessors(list)) return this.copyUnusualList(list);
    const copy = this.keep(list, list.slice());
    for (let index = 0; index < copy.length; index += 1) {
      this.pace.work(ITEM);
      const item = copy[index];
      if (isObject(item)) copy[index] = this.copyObject(item);
      else if (typeof item === 'function') this.checkFunction(item);
    }
    return copy;
  }

  private hasAccessors(list: unknown[]): boolean {
    for (let index = 0; index < list.length; index += 1) {
      this.pace.work(ITEM);
      if (isAccessor(list, index)) return true;
    }
    return false;
  }

  private copyUnusualList(list: unknown[]): object {
    this.isPlain = false;
    this.pace.fit(list.length * DESCRIBED * OF_MANY);
    const copy = this.keep(list, new Array<unknown>(list.length));
    const keys = Reflect.ownKeys(list).filter((key) => key !== 'length');
    return this.describe(list, copy, keys);
  }

  private copyMap(map: Map<unknown, unknown>): object {
    this.pace.fit(sizeOfMap(map) * OF_MANY);
    const copy = this.keep(map, new Map<unknown, unknown>());
    for (const [key, item] of Map.prototype.entries.call(map)) {
      this.pace.work(ENTRY);
      this.checkShared(key);
      copy.set(key, this.copy(item));
    }
    return copy;
  }

  private copySet(set: Set<unknown>): object {
    this.pace.fit(sizeOfSet(set) * OF_MANY);
    const copy = this.keep(set, new Set<unknown>());
    for (const member of Set.prototype.values.call(set)) {
      this.pace.work(ENTRY);
      this.checkShared(member);
      copy.add(member);
    }
    return copy;
  }

  /** Copies an object by its properties. */
  private copyRecord(record: object, prototype: object | null): object {
    const symbols = getOwnPropertySymbols(record);
    if (this.records < FIRST) this.checkSize(record);
    const names = getOwnPropertyNames(record);
    const { length } = names;
    this.pace.work(VALUE + length);
    if (length === 0 || length > FEW || symbols.length > 0) return this.copyUnusual(record, prototype, [...names, ...symbols]);
    let parts = 0;
    let part = '';
    for (const name of names) {
      const property = getOwnPropertyDescriptor(record, name);
      if (property === undefined || !isOrdinary(property) || name === '__proto__')
        return this.copyUnusual(record, prototype, names);
      const value: unknown = property.value;
      if (isObject(value)) {
        part = name;
        parts += 1;
      } else if (typeof value === 'function') this.checkFunction(value);
    }
    const from = record as Record<string, unknown>; // all its names are texts
    const copy: Record<string, unknown> = prototype === Object.prototype ? { ...from } : { __proto__: prototype, ...from };
    this.keep(record, copy);
    if (parts === 1)
      copy[part] = this.copyObject(copy[part] as object); // the loop has found an object
    else if (parts > 1) this.copyParts(copy, names);
    return copy;
  }

  private copyParts(copy: Record<string, unknown>, names: readonly string[]): void {
    for (const name of names) {
      const part = copy[name];
      if (isObject(part)) copy[name] = this.copyObject(part);
    }
  }

  /** Copies a record with many properties, or with unusual ones. */
  private copyUnusual(record: object, prototype: object | null, keys: readonly PropertyKey[]): object {
    this.pace.fit(keys.length * OF_MANY);
    const kind = prototype === Object.prototype ? kindOf(record) : 'plain';
    if (keys.length > 0 || kind !== 'plain') this.isPlain = false;
    if (kind === 'opaque') return this.share(record);
    if (kind !== 'shared') return this.describe(record, this.keep(record, Object.create(prototype) as object), keys);
    for (const key of keys) this.copy(getOwnPropertyDescriptor(record, key)?.value);
    return record;
  }

  private describe(from: object, to: object, keys: readonly PropertyKey[]): object {
    for (const key of keys) {
      this.pace.work(DESCRIBED);
      const property = getOwnPropertyDescriptor(from, key);
      if (property === undefined) continue;
      if ('value' in property) property.value = this.copy(property.value);
      else if (this.isStrict) throw NO_DATA;
      Object.defineProperty(to, key, property);
    }
    return to;
  }

  private copyInstance(instance: object, prototype: object): object {
    if (this.isStrict) {
      if (this.hides(prototype) || (this.mode === 'arguments' && this.classes.live.describe(instance) !== undefined))
        throw NO_DATA;
      return this.copyRecord(instance, prototype);
    }
    if (this.mode !== 'value' && isMessageContext(instance)) return this.keep(instance, this.inert(instance));
    // A subject or an iterator may hold nothing but data, but a copy of it would not work.
    if (this.mode === 'arguments') this.refuse(instance, this.classes.live.describe(instance));
    const copy = this.hides(prototype) ? undefined : this.copyData(instance, prototype);
    if (copy !== undefined) return copy;
    this.checkInstance(instance);
    return this.keep(instance, instance);
  }

  /** Copies an instance if it holds nothing but data. */
  private copyData(instance: object, prototype: object): object | undefined {
    this.isStrict = true;
    try {
      return this.attempt(() => this.copyRecord(instance, prototype), isNoData)?.value;
    } finally {
      this.isStrict = false;
    }
  }

  private inert(context: object): object {
    const { mode } = this;
    this.mode = 'arguments';
    try {
      return inertContext(context, (part) => this.attempt(() => this.copy(part), isLive));
    } finally {
      this.mode = mode;
    }
  }

  /** Checks a function, and shares it if that is allowed. */
  private checkFunction(value: object): void {
    this.isPlain = false;
    if (this.isStrict) throw NO_DATA;
    if (this.mode === 'arguments' && !isClass(value)) throw new Live(value, 'a function');
  }

  /** Checks a key of a map or a member of a set, which are shared if that is allowed, because they are found by identity. */
  private checkShared(value: unknown): void {
    if (this.mode !== 'arguments') return;
    const what = this.classes.live.describeNearest(value, (parts) => this.pace.work(parts));
    if (this.isStrict && what !== undefined) throw NO_DATA;
    this.refuse(value, what);
  }

  /** Checks an instance that is shared if its contents allow it. */
  private checkInstance(instance: object): void {
    if (this.mode !== 'arguments') return;
    this.refuse(
      instance,
      this.classes.live.describeHeld(instance, (parts) => this.pace.work(parts)),
    );
  }

  private refuse(value: unknown, what: string | undefined): void {
    if (what !== undefined) throw new Live(value, what);
  }

  private share(value: object): object {
    this.isPlain = false;
    if (this.isStrict) throw NO_DATA;
    if (this.mode !== 'arguments') return value;
    this.refuse(
      value,
      this.classes.live.describeNearest(value, (parts) => this.pace.work(parts)),
    );
    return value;
  }

  /**
   * Detects a record with too many properties by the time that listing its symbols takes, of which there are few or none. If that takes
   * long, it has many names, and listing these would take ten times as long.
   */
  private checkSize(record: object): void {
    const { pace } = this;
    this.records += 1;
    if (pace.sinceLook() < pace.long) return;
    // The process may have been interrupted meanwhile, so measure again.
    const begun = performance.now();
    getOwnPropertySymbols(record);
    const took = performance.now() - begun;
    if (took < pace.long) return;
    pace.took(2 * took);
    throw TOO_LARGE;
  }

  private keep<Copy extends object>(original: object, copy: Copy): Copy {
    this.copies.set(original, copy);
    this.journal?.push(original);
    return copy;
  }

  /** Tries a copy. If it fails with an expected error, forgets what it has copied. */
  private attempt<Copy>(copy: () => Copy, isExpected: (error: unknown) => boolean): { readonly value: Copy } | undefined {
    const before = this.journal;
    const journal = (this.journal = [] as object[]);
    const { level } = this;
    try {
      return { value: copy() };
    } catch (error) {
      if (!isExpected(error)) throw error;
      for (const original of journal.splice(0)) this.copies.delete(original);
      this.level = level;
      return undefined;
    } finally {
      this.journal = before;
      before?.push(...journal);
    }
  }

  private hides(prototype: object): boolean {
    const { hiding } = this.classes;
    const known = hiding.get(prototype);
    if (known !== undefined) return known;
    const hides = hidesState(prototype);
    hiding.set(prototype, hides);
    return hides;
  }
}

/** Decides whether a property can be copied by its value, which runs no code. */
function isOrdinary({ writable, enumerable, configurable }: PropertyDescriptor): boolean {
  return writable === true && enumerable === true && configurable === true;
}

/** Decides whether a list has properties beside its items and length, as results of `RegExp.exec` have. */
function isUnusual(list: unknown[]): boolean {
  if (getOwnPropertySymbols(list).length > 0 || Object.hasOwn(list, 'constructor')) return true;
  if (list.length <= SHORT) return getOwnPropertyNames(list).at(-1) !== 'length';
  const last = Object.keys(list).at(-1);
  return last !== undefined && (String(Number(last)) !== last || Number(last) >= list.length);
}

const lookupGetter: unknown = getOwnPropertyDescriptor(Object.prototype, '__lookupGetter__')?.value;

/** Decides whether reading an item of a list runs an accessor. (Describing the item takes four times as long.) */
const isAccessor: (list: unknown[], index: number) => boolean =
  typeof lookupGetter === 'function'
    ? (list, index) => Reflect.apply(lookupGetter, list, [index]) !== undefined
    : (list, index) => getOwnPropertyDescriptor(list, index)?.get !== undefined;
