import { types } from 'node:util';
import type { CopyPace } from './copy-budget.js';
import { TOO_LARGE } from './copy-budget.js';
import { isConstant, isObject, ownValue, prototypeOf } from '../kind-of.js';
import { countNumbers } from '../many-keys.js';
import { KnownCopies } from './known-copies.js';
import { isLazyRelation } from './lazy-relation.js';
import { hasForeignAccessor, isAccessor, isOrdinary, isUnusual } from './property-checks.js';

/** Most properties that are copied at once. For more, V8 takes longer than it takes to copy each by itself. */
const FEW = 64;

/** Levels of nested objects that are copied at most. Each takes part of the stack, and unwinding it takes as long again. */
const LEVELS = 250;

/** Units of work per value, item and described property. */
const VALUE = 4;
const ITEM = 1;
const DESCRIBED = 10;

/** Ratio of the time of an item, an entry or a property to the shortest unit, where there are many and memory is new. */
export const OF_MANY = 10;

/** Properties from which a record is expected to be followed by others like it. */
const LARGE = 200;

/** Records that are checked with the clock for having too many properties. */
const FIRST = 2;

const { getOwnPropertyDescriptor, getOwnPropertyNames, getOwnPropertySymbols } = Object;

/** Copying of what any object has: the items of lists, and properties. */
export abstract class PropertyCopying {
  /** Tells whether all copies so far are ordinary data: primitives, plain objects and lists. */
  isPlain = true;

  protected readonly known = new KnownCopies();
  protected level = 0;
  private records = 0;
  /** Number of properties of the latest record. The next one is likely to have as many. */
  private latest = 0;

  constructor(protected readonly pace: CopyPace) {}

  copy(value: unknown): unknown {
    if (isObject(value)) return this.copyObject(value);
    if (typeof value === 'function') this.checkFunction(value);
    return value;
  }

  /** Copies an instance of a class. */
  protected abstract copyInstance(instance: object, prototype: object): object;

  /** Returns an object that was met before, and that is shared. */
  protected abstract shareAgain(value: object): object;

  /** Checks a function, and shares it if that is allowed. */
  protected abstract checkFunction(value: object): void;

  /** Tells whether a part that can't be copied ends the copy. Otherwise, it is shared. */
  protected abstract get refuses(): boolean;

  protected abstract refuse(value: object, what: string): object;

  private copyObject(value: object): object {
    if (types.isProxy(value)) return this.refuse(value, 'a Proxy');
    const known = this.known.of(value);
    if (known !== undefined) return known === value ? this.shareAgain(value) : known;
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
    const copy = this.known.keep(list, list.slice());
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
    return this.copyOwn(list, this.known.keep(list, new Array<unknown>(list.length)));
  }

  /** Copies an object by its properties. */
  protected copyRecord(record: object, prototype: object | null): object {
    const symbols = getOwnPropertySymbols(record);
    if (this.records < FIRST) this.checkSize(record);
    else if (this.latest > LARGE) this.pace.fit(this.latest * OF_MANY);
    const names = getOwnPropertyNames(record);
    const { length } = names;
    this.latest = length;
    this.pace.work(VALUE + length + symbols.length);
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
    this.known.keep(record, copy);
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
    } else if (!this.refuses && keys.some((key) => hasForeignAccessor(record, key))) return this.known.keep(record, record);
    return this.describe(record, this.known.keep(record, Object.create(prototype) as object), keys);
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
  protected copyOwn(from: object, to: object): object {
    const keys = Reflect.ownKeys(from);
    return keys.length === 0
      ? to
      : this.describe(
          from,
          to,
          keys.filter((key) => !Object.hasOwn(to, key)),
        );
  }

  /**
   * Detects a record with too many properties by the time that listing its symbols takes, of which there are few or none. If that takes
   * long, it has many names, and listing these would take ten times as long.
   */
  private checkSize(record: object): void {
    const { pace } = this;
    this.records += 1;
    pace.fit(countNumbers(record) * OF_MANY);
    if (pace.sinceLook() < pace.long) return;
    // The process may have been interrupted meanwhile, so measure again.
    const begun = performance.now();
    getOwnPropertySymbols(record);
    const took = performance.now() - begun;
    if (took < pace.long) return;
    pace.took(2 * took);
    throw TOO_LARGE;
  }
}
