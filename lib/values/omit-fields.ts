import { types } from 'node:util';
import type { Branch, IgnoredFields } from './ignored-fields.js';
import { hasContent, isObject, prototypeOf } from './kind-of.js';

/** Properties and items that one copy visits at most, counted once per path: some 5 ms. */
const BUDGET = 10_000;

/**
 * Copies a value without some of its fields. Only the parts along the paths are copied, and a value without these fields is returned
 * itself. Omitted items close the gap, as after the removal of an item from a list. The copy keeps prototypes and property descriptors.
 * Proxies, values that only their class can make (a date, an error, binary data), and values that are too large stay as they are. Runs no
 * code of the value's. Never throws.
 *
 * @param gaveUp called if the value is too large
 */
export function omitFields(value: unknown, ignored: readonly IgnoredFields[], gaveUp?: () => void): unknown {
  if (!isObject(value) || ignored.length === 0) return value;
  try {
    return new Pruning().prune(
      value,
      ignored.map(({ root }) => root),
    );
  } catch (error) {
    if (error instanceof TooMuch) gaveUp?.();
    return value;
  }
}

/**
 * Copies a value without the fields that branches lead to, as `omitFields` does. Returns the value itself if it is too large.
 *
 * @param account is charged for the visited parts, and notified if the value is too large
 */
export function pruneFields(value: unknown, branches: readonly Branch[], account: { quota: number; giveUp(): void }): unknown {
  const pruning = new Pruning();
  try {
    return pruning.prune(value, branches);
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    account.giveUp();
    return value;
  } finally {
    account.quota -= pruning.spent;
  }
}

/** Thrown to end a copy that would take too long. */
class TooMuch extends Error {}

/** Mark of an omitted part. */
const LEFT_OUT = Symbol('left out');

type Branches = readonly Branch[];

class Pruning {
  private left = BUDGET;

  get spent(): number {
    return BUDGET - this.left;
  }

  /** Returns what remains of a value: the value itself if nothing is omitted. */
  prune(value: unknown, branches: Branches): unknown {
    if (branches.length === 0) return value;
    this.spend(branches.length);
    for (const { isEnd } of branches) if (isEnd) return LEFT_OUT;
    if (!isObject(value) || types.isProxy(value)) return value;
    if (Array.isArray(value)) return this.pruneList(value, branches);
    if (types.isMap(value)) return this.pruneMap(value, branches);
    if (types.isSet(value)) return this.pruneSet(value, branches);
    return hasContent(value) ? value : this.pruneRecord(value, branches);
  }

  private pruneRecord(record: object, branches: Branches): object {
    const changes = this.findChanges(record, listNames(record, branches), branches);
    if (changes === undefined) return record;
    const prototype = prototypeOf(record);
    const copy = prototype === Object.prototype ? {} : (Object.create(prototype) as object); // typed as any
    return this.copyProperties(record, copy, Reflect.ownKeys(record), changes);
  }

  private pruneList(list: unknown[], branches: Branches): object {
    const { length } = list;
    this.spend(length);
    const copy: unknown[] = [];
    let [end, isChanged] = [0, false];
    const branchesOf = itemBranches(branches);
    for (let index = 0; index < length; index += 1) {
      const property = Object.getOwnPropertyDescriptor(list, index);
      const value: unknown = property?.value;
      const pruned = this.prune(value, branchesOf(index));
      isChanged ||= pruned !== value;
      if (pruned === LEFT_OUT) continue;
      if (property !== undefined) define(copy, end, property, pruned);
      end += 1;
    }
    const named = listNames(list, branches).filter((name) => name !== 'length' && !isIndex(name));
    const changes = this.findChanges(list, named, branches);
    if (!isChanged && changes === undefined) return list;

    copy.length = end;
    return this.copyAround(list, copy, listNamedKeys(list), changes);
  }

  private pruneSet(set: Set<unknown>, branches: Branches): object {
    const members: unknown[] = [];
    let [index, isChanged] = [0, false];
    const branchesOf = itemBranches(branches);
    for (const member of Set.prototype.values.call(set)) {
      this.spend(1);
      const pruned = this.prune(member, branchesOf(index));
      index += 1;
      isChanged ||= pruned !== member;
      if (pruned !== LEFT_OUT) members.push(pruned);
    }
    return isChanged ? this.copyAround(set, new Set(members)) : set;
  }

  private pruneMap(map: Map<unknown, unknown>, branches: Branches): object {
    const entries: [unknown, unknown][] = [];
    let [index, isChanged] = [0, false];
    for (const [key, item] of Map.prototype.entries.call(map)) {
      this.spend(branches.length);
      const pruned = this.pruneEntry(key, item, index, branches);
      index += 1;
      isChanged ||= pruned !== item;
      if (pruned !== LEFT_OUT) entries.push([key, pruned]);
    }
    return isChanged ? this.copyAround(map, new Map(entries)) : map;
  }

  /** Returns what remains of the value of a map's entry, which summaries write as a list of key and value. */
  private pruneEntry(key: unknown, item: unknown, index: number, branches: Branches): unknown {
    const pairs = branches.flatMap((branch) => withoutMissing(branch.items.get(index), branch.anyItem));
    if (pairs.some(({ isEnd, anyItem }) => isEnd || anyItem?.isEnd)) return LEFT_OUT;
    if (pairs.some(({ items }) => items.get(1)?.isEnd)) return undefined;
    const ofValue = pairs.flatMap((pair) => withoutMissing(pair.items.get(1), pair.anyItem));
    const ofKey = branches.flatMap(({ properties, anyProperty }) =>
      withoutMissing(typeof key === 'string' ? properties.get(key) : undefined, anyProperty),
    );
    return this.prune(item, [...ofKey, ...ofValue]);
  }

  /** Returns the properties whose value changes, with the new value. */
  private findChanges(holder: object, names: readonly string[], branches: Branches): Map<PropertyKey, unknown> | undefined {
    let changes: Map<PropertyKey, unknown> | undefined;
    for (const name of names) {
      const property = Object.getOwnPropertyDescriptor(holder, name);
      if (property === undefined) continue;
      const value: unknown = property.value;
      const pruned = this.prune(value, propertyBranches(branches, name));
      if (pruned !== value) (changes ??= new Map()).set(name, pruned);
    }
    return changes;
  }

  private copyProperties(from: object, to: object, keys: readonly PropertyKey[], changes: Map<PropertyKey, unknown>): object {
    this.spend(keys.length);
    for (const key of keys) {
      const property = Object.getOwnPropertyDescriptor(from, key);
      if (property === undefined) continue;
      const value: unknown = changes.has(key) ? changes.get(key) : property.value;
      if (value !== LEFT_OUT) define(to, key, property, value);
    }
    return to;
  }

  /** Adds the original's other properties and its prototype to a copy of a list, a set or a map. */
  private copyAround(
    original: object,
    copy: object,
    keys = Reflect.ownKeys(original),
    changes = new Map<PropertyKey, unknown>(),
  ): object {
    const prototype = prototypeOf(original);
    if (prototype !== prototypeOf(copy)) Object.setPrototypeOf(copy, prototype);
    return keys.length === 0 ? copy : this.copyProperties(original, copy, keys, changes);
  }

  private spend(cost: number): void {
    this.left -= cost;
    if (this.left < 0) throw new TooMuch(); // makes `omitFields` return the value itself
  }
}

/** Defines a property with the attributes of another, and its own value. */
function define(holder: object, key: PropertyKey, property: PropertyDescriptor, value: unknown): void {
  const isPlain = property.writable === true && property.enumerable === true && property.configurable === true;
  if (isPlain && key !== '__proto__' && isPlainHolder(holder))
    (holder as Record<PropertyKey, unknown>)[key] = value; // it takes any
  else Object.defineProperty(holder, key, 'value' in property ? { ...property, value } : property);
}

/** Returns the keys of a list that are not items. They come after those of the items. */
function listNamedKeys(list: unknown[]): (string | symbol)[] {
  const keys = Reflect.ownKeys(list);
  return keys.slice(keys.indexOf('length') + 1);
}

/** Decides whether setting a property of an object runs no setter. */
function isPlainHolder(holder: object): boolean {
  const prototype = prototypeOf(holder);
  return prototype === Object.prototype || prototype === Array.prototype;
}

const NO_BRANCHES: Branches = [];

/** Returns the continuations of paths for the items of a list, which are mostly the same for all. */
function itemBranches(branches: Branches): (index: number) => Branches {
  const ofAny = branches.flatMap(({ anyItem, anyProperty }) => withoutMissing(anyItem, anyProperty));
  const literal = branches.filter(({ items }) => items.size > 0);
  if (literal.length === 0) return () => ofAny;
  return (index) => {
    const ofThis = literal.flatMap(({ items }) => withoutMissing(items.get(index)));
    return ofThis.length === 0 ? ofAny : [...ofThis, ...ofAny];
  };
}

function propertyBranches(branches: Branches, name: string): Branches {
  const [first] = branches;
  if (branches.length > 1 || first === undefined) {
    return branches.flatMap(({ properties, anyProperty }) => withoutMissing(properties.get(name), anyProperty));
  }
  const named = first.properties.get(name);
  if (first.anyProperty !== undefined) return withoutMissing(named, first.anyProperty);
  return named === undefined ? NO_BRANCHES : [named];
}

/** Returns the names of the properties that paths may lead to. */
function listNames(holder: object, branches: Branches): string[] {
  if (branches.some(({ anyProperty }) => anyProperty)) return Reflect.ownKeys(holder).filter((key) => typeof key === 'string');
  const [first] = branches;
  if (branches.length === 1 && first !== undefined) return [...first.properties.keys()];
  return [...new Set(branches.flatMap(({ properties }) => [...properties.keys()]))];
}

function withoutMissing(...branches: readonly (Branch | undefined)[]): Branch[] {
  return branches.filter((branch) => branch !== undefined);
}

function isIndex(key: PropertyKey): boolean {
  return typeof key === 'string' && /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 2 ** 32 - 1;
}
