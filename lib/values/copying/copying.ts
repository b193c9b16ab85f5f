import { types } from 'node:util';
import type { CopyPace } from './copy-budget.js';
import { TOO_LARGE } from './copy-budget.js';
import type { ClassesOfValues, ClassTraits } from './class-traits.js';
import { isConstant, isObject, numberOf, ownValue, prototypeOf } from '../kind-of.js';
import { isLazyRelation } from './lazy-relation.js';
import { isClass } from './live-values.js';
import { inertContext, isMessageContext } from './message-context.js';
import type { SharedClasses } from '../shared-classes.js';

/**
 * Kind of data that is copied: a behaviour's value; arguments of a call, in which the original and the copy must have nothing in common that
 * one side could change for the other; arguments that were made for candidates, by an author who knows what they have in common; or data,
 * which holds no services either.
 */
export type CopyMode = 'value' | 'arguments' | 'made' | 'data';

/** Thrown for a part that can neither be copied nor shared. */
export class Refused {
  constructor(
    readonly value: unknown,
    /** Kind of the part, for people. */
    readonly what: string,
  ) {}
}

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
 * Single copy under way, as `Copier` describes it. It throws `TOO_LARGE`, a `Refused`, or a RangeError for values that are nested too
 * deeply, all of which `Copier` catches.
 */
export class Copying {
  /** Tells whether all copies so far are ordinary data: primitives, plain objects and lists. */
  isPlain = true;

  private readonly copies = new Map<object, object>();
  /** Originals whose copies may have to be forgotten, in the order of copying. */
  private journal: object[] | undefined;
  private records = 0;
  private level = 0;

  constructor(
    private readonly classes: ClassesOfValues,
    private readonly pace: CopyPace,
    private mode: CopyMode,
    /** Classes whose instances are shared because the application says so. */
    private readonly shared: SharedClasses | undefined,
  ) {}

  copy(value: unknown): unknown {
    if (isObject(value)) return this.copyObject(value);
    if (typeof value === 'function') this.checkFunction(value);
    return value;
  }

  private copyObject(value: object): object {
    if (types.isProxy(value)) return this.refuse(value, 'a Proxy');
    const known = this.copies.get(value);
    if (known !== undefined) return known === value ? this.shareService(value) : known;
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
    if (prototype === Array.prototype && Array.isArray(value)) return this.copyList(value);
    this.isPlain = false;
    if (prototype !== null) return this.copyInstance(value, prototype);
    return types.isModuleNamespaceObject(value) ? this.refuse(value, 'a module') : this.copyRecord(value, prototype);
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
    return this.copyOwn(list, this.keep(list, new Array<unknown>(list.length)));
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
    if (keys.length > 0) this.isPlain = false;
    if (prototype === Object.prototype) {
      if (types.isArgumentsObject(record)) return this.refuse(record, 'the arguments of a function');
      if (isConstant(record)) return this.checkConstant(record, keys);
    } else if (!this.refuses && keys.some((key) => hasForeignAccessor(record, key))) return this.keep(record, record);
    return this.describe(record, this.keep(record, Object.create(prototype) as object), keys);
  }

  private checkConstant(record: object, keys: readonly PropertyKey[]): object {
    for (const key of keys) this.copy(ownValue(record, key));
    return record;
  }

  private describe(from: object, to: object, keys: readonly PropertyKey[]): object {
    for (const key of keys) {
      this.pace.work(DESCRIBED);
      const property = getOwnPropertyDescriptor(from, key);
      if (property === undefined) continue;
      if ('value' in property) property.value = this.copy(property.value);
      else if (this.refuses && !isLazyRelation(property)) this.refuse(from, 'an object with an accessor of its own');
      Object.defineProperty(to, key, property);
    }
    return to;
  }

  /** Copies the properties that an object has beside those of its internal state. */
  private copyOwn(from: object, to: object): object {
    const keys = Reflect.ownKeys(from);
    return keys.length === 0
      ? to
      : this.describe(
          from,
          to,
          keys.filter((key) => !Object.hasOwn(to, key)),
        );
  }

  private copyInstance(instance: object, prototype: object): object {
    if (this.shared?.has(prototype)) return instance;
    const traits = this.classes.read(instance, prototype);
    if (traits.isMessageContext && this.mode !== 'value' && isMessageContext(instance))
      return this.keep(instance, this.makeInert(instance));
    switch (traits.treatment) {
      case 'copy':
        return this.rebuild(instance, prototype, traits);
      case 'share':
        return instance;
      case 'service':
        return this.copyService(instance, prototype, traits);
      case 'refuse':
        return this.refuse(instance, traits.obstacle ?? '');
      default:
        return traits.treatment satisfies never;
    }
  }

  private rebuild(instance: object, prototype: object, { rebuild }: ClassTraits): object {
    const copy = rebuild?.(instance, this.pace);
    if (copy === undefined) return this.copyRecord(instance, prototype);
    const isOfLanguage = prototypeOf(copy) === prototype;
    if (!isOfLanguage) Object.setPrototypeOf(copy, prototype);
    this.keep(instance, copy);
    if (types.isMap(copy)) this.copyEntries(instance as Map<unknown, unknown>, copy); // rebuilt as what the instance is
    if (types.isSet(copy)) this.copyMembers(instance as Set<unknown>, copy); // rebuilt as what the instance is
    // All items of binary data are properties, and too many to list.
    return isOfLanguage && ArrayBuffer.isView(copy) ? copy : this.copyOwn(instance, copy);
  }

  private copyEntries(from: Map<unknown, unknown>, to: Map<unknown, unknown>): void {
    this.pace.fit(sizeOfMap(from) * OF_MANY);
    for (const [key, item] of Map.prototype.entries.call(from)) {
      this.pace.work(ENTRY);
      Map.prototype.set.call(to, this.copy(key), this.copy(item));
    }
  }

  private copyMembers(from: Set<unknown>, to: Set<unknown>): void {
    this.pace.fit(sizeOfSet(from) * OF_MANY);
    for (const member of Set.prototype.values.call(from)) {
      this.pace.work(ENTRY);
      Set.prototype.add.call(to, this.copy(member));
    }
  }

  /** Copies a service if it holds nothing but data, and shares it otherwise. */
  private copyService(service: object, prototype: object, traits: ClassTraits): object {
    const copy = traits.obstacle === undefined ? this.attempt('data', () => this.rebuild(service, prototype, traits)) : undefined;
    return copy === undefined ? this.keep(service, this.shareService(service)) : copy.value;
  }

  private shareService(service: object): object {
    if (this.mode === 'data') throw new Refused(service, 'a service');
    return service;
  }

  private makeInert(context: object): object {
    return inertContext(context, (part) => this.attempt('arguments', () => this.copy(part)));
  }

  /** Checks a function, and shares it if that is allowed. */
  private checkFunction(value: object): void {
    this.isPlain = false;
    if (this.refuses && !isClass(value)) throw new Refused(value, 'a function');
  }

  /** Tells whether a part that can't be copied ends the copy. Otherwise, it is shared. */
  private get refuses(): boolean {
    return this.mode === 'arguments' || this.mode === 'data';
  }

  private refuse(value: object, what: string): object {
    this.isPlain = false;
    if (this.refuses) throw new Refused(value, what);
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

  /** Tries a copy in another mode. If something is refused, forgets what it has copied. */
  private attempt<Copy>(mode: CopyMode, copy: () => Copy): { readonly value: Copy } | undefined {
    const { journal: before, mode: modeBefore, level } = this;
    const journal = (this.journal = [] as object[]);
    this.mode = mode;
    try {
      return { value: copy() };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      for (const original of journal.splice(0)) this.copies.delete(original);
      this.level = level;
      return undefined;
    } finally {
      this.mode = modeBefore;
      this.journal = before;
      before?.push(...journal);
    }
  }
}

/** Decides whether a property can be copied by its value, which runs no code. */
function isOrdinary({ writable, enumerable, configurable }: PropertyDescriptor): boolean {
  return writable === true && enumerable === true && configurable === true;
}

/** Decides whether a property has an accessor that may be bound to its object. */
function hasForeignAccessor(record: object, key: PropertyKey): boolean {
  const property = getOwnPropertyDescriptor(record, key);
  return property !== undefined && !('value' in property) && !isLazyRelation(property);
}

/** Decides whether a list has properties beside its items and length, as results of `RegExp.exec` have. */
function isUnusual(list: unknown[]): boolean {
  // Names come after indices, and symbols after names.
  if (list.length <= SHORT) return Reflect.ownKeys(list).at(-1) !== 'length';
  if (getOwnPropertySymbols(list).length > 0 || Object.hasOwn(list, 'constructor')) return true;
  const last = Object.keys(list).at(-1);
  return last !== undefined && (String(Number(last)) !== last || Number(last) >= list.length);
}

const lookupGetter: unknown = getOwnPropertyDescriptor(Object.prototype, '__lookupGetter__')?.value;

/** Decides whether reading an item of a list runs an accessor. (Describing the item takes four times as long.) */
const isAccessor: (list: unknown[], index: number) => boolean =
  typeof lookupGetter === 'function'
    ? (list, index) => Reflect.apply(lookupGetter, list, [index]) !== undefined
    : (list, index) => getOwnPropertyDescriptor(list, index)?.get !== undefined;
