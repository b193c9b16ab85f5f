import { types } from 'node:util';
import type { CopyPace } from './copy-budget.js';
import { TOO_LARGE } from './copy-budget.js';
import { copyBinary, copyDate, copyRegExp } from './copies.js';
import { hidesState, isObject, kindOf, numberOf, prototypeOf } from '../kind-of.js';
import { isClass, type LiveValues } from './live-values.js';
import { inertContext, isMessageContext } from './message-context.js';

/**
 * What is copied: a value that a behaviour has given; the arguments of a call, in which nothing may live; or arguments that were made
 * for candidates, by somebody who knows what lives in them.
 */
export type CopyMode = 'value' | 'arguments' | 'made';

/** What is known of classes, for all copies. */
export interface Classes {
  readonly live: LiveValues;
  /** Whether the class of a prototype keeps state that its instances' properties don't show. */
  readonly hiding: WeakMap<object, boolean>;
}

/** Thrown where something lives that may not. */
export class Live {
  constructor(
    readonly value: unknown,
    /** What it is, for people. */
    readonly what: string,
  ) {}
}

/** Thrown, within an instance, where there is more than data. */
const NO_DATA = Symbol('noData');

const isNoData = (error: unknown): boolean => error === NO_DATA;
const isLive = (error: unknown): boolean => error instanceof Live;

/** Most properties that are copied at once: V8 takes longer for more than for each by itself. */
const FEW = 64;

/** Most items of a list of which properties that can't be enumerated are looked for: for longer ones, that takes 1 µs an item. */
const SHORT = 10;

/** Levels of objects in objects beyond which nothing is copied: each keeps some of the stack, whose unwinding takes as long again. */
const LEVELS = 250;

/** Units of work. */
const VALUE = 4;
const ITEM = 1;
const ENTRY = 5;
const DESCRIBED = 10;

/** How many times as long as the shortest unit an item, an entry or a property takes where there are many, and memory is new. */
const OF_MANY = 10;

/** How many records have the clock looked at between a quick look and a slow one. */
const FIRST = 2;

const { getOwnPropertyDescriptor, getOwnPropertyNames, getOwnPropertySymbols } = Object;
const sizeOfMap = numberOf(Map.prototype, 'size');
const sizeOfSet = numberOf(Set.prototype, 'size');

/**
 * One copy under way, as `Copier` promises it. What it throws is for `Copier` alone: `TOO_LARGE`, a `Live`, or a RangeError where values
 * are nested too deeply.
 */
export class Copying {
  private readonly copies = new Map<object, object>();
  /** What has been copied since it may have to be forgotten, in the order of it. */
  private journal: object[] | undefined;
  /** Whether an instance holds what is copied: it is copied only if it holds nothing but data. */
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
    if (typeof value === 'function') this.meet(value);
    return value;
  }

  private copyObject(value: object): object {
    if (types.isProxy(value)) return this.handOn(value);
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
    switch (kind) {
      case 'date':
        return this.keep(value, copyDate(value as Date)); // kindOf has looked
      case 'regexp':
        return this.keep(value, copyRegExp(value as RegExp)); // kindOf has looked
      case 'binary':
        return this.keep(value, copyBinary(value as ArrayBuffer | NodeJS.ArrayBufferView, this.pace)); // kindOf has looked
      case 'list':
        return this.copyList(value as unknown[]); // kindOf has looked
      case 'map':
        return this.copyMap(value as Map<unknown, unknown>); // kindOf has looked
      case 'set':
        return this.copySet(value as Set<unknown>); // kindOf has looked
      case 'plain':
        return this.copyRecord(value, prototype);
      case 'instance':
        return this.copyInstance(value, prototype as object); // without one it would be plain
      case 'shared':
        this.meetInstance(value);
        return value;
      case 'opaque':
        return this.handOn(value);
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
      else if (typeof item === 'function') this.meet(item);
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
      this.meetShared(key);
      copy.set(key, this.copy(item));
    }
    return copy;
  }

  private copySet(set: Set<unknown>): object {
    this.pace.fit(sizeOfSet(set) * OF_MANY);
    const copy = this.keep(set, new Set<unknown>());
    for (const member of Set.prototype.values.call(set)) {
      this.pace.work(ENTRY);
      this.meetShared(member);
      copy.add(member);
    }
    return copy;
  }

  /** Copies what consists of properties. */
  private copyRecord(record: object, prototype: object | null): object {
    const symbols = getOwnPropertySymbols(record);
    if (this.records < FIRST) this.suspect(record);
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
      } else if (typeof value === 'function') this.meet(value);
    }
    const from = record as Record<string, unknown>; // all its names are texts
    const copy: Record<string, unknown> = prototype === Object.prototype ? { ...from } : { __proto__: prototype, ...from };
    this.keep(record, copy);
    if (parts === 1)
      copy[part] = this.copyObject(copy[part] as object); // as it was found
    else if (parts > 1) this.copyParts(copy, names);
    return copy;
  }

  private copyParts(copy: Record<string, unknown>, names: readonly string[]): void {
    for (const name of names) {
      const part = copy[name];
      if (isObject(part)) copy[name] = this.copyObject(part);
    }
  }

  /** Copies a record with many properties, or with any but ordinary ones. */
  private copyUnusual(record: object, prototype: object | null, keys: readonly PropertyKey[]): object {
    this.pace.fit(keys.length * OF_MANY);
    const kind = prototype === Object.prototype ? kindOf(record) : 'plain';
    if (kind === 'opaque') return this.handOn(record);
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
      if (this.hides(prototype) || (this.mode === 'arguments' && this.classes.live.whatOf(instance) !== undefined)) throw NO_DATA;
      return this.copyRecord(instance, prototype);
    }
    if (this.mode !== 'value' && isMessageContext(instance)) return this.keep(instance, this.inert(instance));
    // A subject or an iterator may hold nothing but data: a copy of it would be dead.
    if (this.mode === 'arguments') this.refuse(instance, this.classes.live.whatOf(instance));
    const copy = this.hides(prototype) ? undefined : this.copyData(instance, prototype);
    if (copy !== undefined) return copy;
    this.meetInstance(instance);
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

  /** Meets a function, which is handed on if it may be. */
  private meet(value: object): void {
    if (this.isStrict) throw NO_DATA;
    if (this.mode === 'arguments' && !isClass(value)) throw new Live(value, 'a function');
  }

  /** Meets a key of a map or a member of a set, which are handed on if they may be: they are found by their identity. */
  private meetShared(value: unknown): void {
    if (this.mode !== 'arguments') return;
    const what = this.classes.live.near(value, (parts) => this.pace.work(parts));
    if (this.isStrict && what !== undefined) throw NO_DATA;
    this.refuse(value, what);
  }

  /** Meets an instance that is handed on if it, and what it holds, may be. */
  private meetInstance(instance: object): void {
    if (this.mode !== 'arguments') return;
    this.refuse(
      instance,
      this.classes.live.heldBy(instance, (parts) => this.pace.work(parts)),
    );
  }

  private refuse(value: unknown, what: string | undefined): void {
    if (what !== undefined) throw new Live(value, what);
  }

  private handOn(value: object): object {
    if (this.isStrict) throw NO_DATA;
    if (this.mode !== 'arguments') return value;
    this.refuse(
      value,
      this.classes.live.near(value, (parts) => this.pace.work(parts)),
    );
    return value;
  }

  /**
   * Looks at the clock after a quick look at a record's symbols, which are few or none: if that has taken long, its names are many, and
   * to list them would take ten times as long.
   */
  private suspect(record: object): void {
    const { pace } = this;
    this.records += 1;
    if (pace.sinceLook() < pace.long) return;
    // The process may have been interrupted meanwhile: so it is looked at again.
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

  /** Tries a copy. If it fails with something that is expected, what it has copied is forgotten. */
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

/** Whether a property is copied by copying its value, which runs no code. */
function isOrdinary({ writable, enumerable, configurable }: PropertyDescriptor): boolean {
  return writable === true && enumerable === true && configurable === true;
}

/** Whether a list has more than items and a length, such as what `RegExp.exec` returns. */
function isUnusual(list: unknown[]): boolean {
  if (getOwnPropertySymbols(list).length > 0 || Object.hasOwn(list, 'constructor')) return true;
  if (list.length <= SHORT) return getOwnPropertyNames(list).at(-1) !== 'length';
  const last = Object.keys(list).at(-1);
  return last !== undefined && (String(Number(last)) !== last || Number(last) >= list.length);
}

const lookupGetter: unknown = getOwnPropertyDescriptor(Object.prototype, '__lookupGetter__')?.value;

/** Whether reading an item of a list runs an accessor. (To describe the item takes four times as long.) */
const isAccessor: (list: unknown[], index: number) => boolean =
  typeof lookupGetter === 'function'
    ? (list, index) => Reflect.apply(lookupGetter, list, [index]) !== undefined
    : (list, index) => getOwnPropertyDescriptor(list, index)?.get !== undefined;
