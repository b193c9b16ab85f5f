import { EventEmitter } from 'node:events';
import { types } from 'node:util';
import { Hidden } from '../base/hidden.js';
import { hidesState } from './hidden-state.js';
import { nameIds } from './redaction/named-ids.js';
import { hasContent, isObject, ownValue, prototypeOf } from './kind-of.js';

/** Identity of an entity of the application's database: the name of its class, and its id. */
export interface Identity {
  readonly entity: string;
  readonly id: unknown;
  /** Property that is the id, if it is one. */
  readonly property?: string | undefined;
}

/** Returns an entity's identity; undefined if an object is no entity. Runs no code of the object's. */
export type Identify = (value: object) => Identity | undefined;

/** Limits of searching, and of copying: items and properties in total, and levels. */
const LIMITS = { total: 2_500, depth: 50 };

const CUT = '[Cut]';

/** Properties that are listed at the cost of one that is searched. */
const PER_LISTED = 16;

/**
 * Makes the published form of a value that holds entities, for experiments without `clean`. An entity becomes `{ entity, id }`. A list or a
 * set of nothing but entities becomes their ids by class, such as `{ User: [1, 2] }`. Entities within lists, objects, errors, sets and maps
 * are replaced too. A value without entities stays as it is. An instance whose class keeps state that can't be copied becomes a plain
 * object. Runs no code of the value's.
 */
export function withoutEntities(value: unknown, identify: Identify): unknown {
  if (!isObject(value)) return value;
  const search = new Search(identify);
  search.look(value);
  return search.entities.size === 0 ? value : new Cleaning(search).clean(value, 0);
}

/** Search of a value for entities, the nearest first. */
class Search {
  readonly entities = new Map<object, Identity>();
  readonly seen = new Set<object>();
  private readonly edges: [container: object, part: object][] = [];
  private readonly unfinished: object[] = [];
  private left = LIMITS.total;

  constructor(private readonly identify: Identify) {}

  look(value: object): void {
    this.seen.add(value);
    // The set grows during the iteration.
    for (const one of this.seen) {
      if (types.isProxy(one)) continue;
      const identity = isPlain(one) ? undefined : this.identify(one);
      if (identity !== undefined) this.entities.set(one, identity);
      else if (isContainer(one)) this.lookInto(one);
    }
  }

  /** Returns the entities, and the objects that hold some or may. */
  findHolders(): Set<object> {
    const above = new Map<object, object[]>();
    for (const [container, part] of this.edges) {
      const known = above.get(part);
      if (known === undefined) above.set(part, [container]);
      else known.push(container);
    }
    const holders = new Set<object>([...this.entities.keys(), ...this.unfinished]);
    // The set grows during the iteration.
    for (const one of holders) for (const container of above.get(one) ?? []) holders.add(container);
    return holders;
  }

  private lookInto(container: object): void {
    // Faster than to iterate, and most containers are such.
    if (Array.isArray(container)) {
      for (let index = 0; index < container.length; index += 1) if (!this.notePart(container, ownValue(container, index))) return;
    } else if (types.isMap(container) || types.isSet(container)) {
      for (const part of listParts(container)) if (!this.notePart(container, part)) return;
    } else if (this.left < 0) this.unfinished.push(container);
    else {
      const names = Object.getOwnPropertyNames(container);
      this.left -= Math.floor(names.length / PER_LISTED);
      for (const key of names) if (!this.notePart(container, ownValue(container, key))) return;
      for (const key of Object.getOwnPropertySymbols(container)) if (!this.notePart(container, ownValue(container, key))) return;
    }
  }

  /** Notes a part of a container. Returns whether more of them may be looked at. */
  private notePart(container: object, part: unknown): boolean {
    this.left -= 1;
    if (this.left < 0) this.unfinished.push(container);
    else if (isObject(part)) {
      this.seen.add(part);
      this.edges.push([container, part]);
    }
    return this.left >= 0;
  }
}

/** Copy of a value that holds entities, with their published forms in their place. */
class Cleaning {
  private readonly copies = new Map<object, unknown>();

  private readonly holders: Set<object>;
  private left = LIMITS.total;

  constructor(private readonly search: Search) {
    this.holders = search.findHolders();
  }

  clean(value: unknown, depth: number): unknown {
    if (!isObject(value) || types.isProxy(value)) return value;
    const identity = this.search.entities.get(value);
    if (identity !== undefined) return nameIds({ entity: identity.entity, id: identity.id }, identity.property);
    // The value may be an entity, or hold some.
    if (!this.search.seen.has(value) || depth > LIMITS.depth) return CUT;
    if (this.copies.has(value)) return this.copies.get(value);
    if (!this.holders.has(value)) return value;
    if (types.isMap(value)) return this.cleanMap(value, depth + 1);
    return Array.isArray(value) || types.isSet(value) ? this.cleanList(value, depth + 1) : this.cleanRecord(value, depth + 1);
  }

  private cleanList(list: unknown[] | Set<unknown>, depth: number): unknown {
    const items = [...this.takeFirst(listParts(list))];
    const size = countItems(list);
    const ids = this.idsByClass(items, size);
    if (ids !== undefined) return ids;
    const copy: unknown[] = [];
    this.copies.set(list, copy);
    for (const item of items) copy.push(this.clean(item, depth));
    if (size > items.length) copy.push(`… ${size - items.length} more`);
    return copy;
  }

  /** Returns the ids of the entities in a list by class, if it holds nothing else, as far as it was searched. */
  private idsByClass(items: readonly unknown[], size: number): Record<string, unknown> | undefined {
    const ids = new Map<string, unknown[]>();
    let count = 0;
    for (const item of items) {
      const identity = isObject(item) ? this.search.entities.get(item) : undefined;
      if (identity === undefined) {
        if (isObject(item) && !this.search.seen.has(item)) break;
        return undefined;
      }
      count += 1;
      const known = ids.get(identity.entity);
      if (known === undefined) ids.set(identity.entity, nameIds([identity.id], identity.property));
      else known.push(identity.id);
    }
    if (count === 0) return undefined;
    return Object.fromEntries<unknown>([...ids, ...(size > count ? [['…', `${size - count} more`] as const] : [])]);
  }

  private cleanMap(map: Map<unknown, unknown>, depth: number): unknown {
    const copy = new Map<unknown, unknown>();
    this.copies.set(map, copy);
    let left = countItems(map);
    for (const [key, item] of this.takeFirst(Map.prototype.entries.call(map))) {
      copy.set(this.clean(key, depth), this.clean(item, depth));
      left -= 1;
    }
    if (left > 0) copy.set('…', `${left} more`);
    return copy;
  }

  private cleanRecord(record: object, depth: number): unknown {
    const copy = makeEmptyCopy(record);
    this.copies.set(record, copy);
    const keys = Reflect.ownKeys(record);
    let left = keys.length;
    for (const key of this.takeFirst(keys)) {
      left -= 1;
      const property = Object.getOwnPropertyDescriptor(record, key);
      if (property === undefined) continue;
      if ('value' in property) property.value = this.clean(property.value, depth);
      Object.defineProperty(copy, key, property);
    }
    if (left > 0) Object.defineProperty(copy, '…', { value: `${left} more`, enumerable: true });
    return copy;
  }

  /** Yields as many of the first items as may still be copied. */
  private *takeFirst<Item>(items: Iterable<Item>): Generator<Item> {
    for (const item of items) {
      if (this.left <= 0) return;
      this.left -= 1;
      yield item;
    }
  }
}

/** Makes the empty copy of a record or an error. */
function makeEmptyCopy(record: object): object {
  const prototype = prototypeOf(record);
  if (types.isNativeError(record)) {
    const error = new Error();
    // The copied property replaces it, if the original has a stack.
    Object.defineProperty(error, 'stack', { value: undefined, configurable: true });
    return Object.setPrototypeOf(error, prototype) as object; // typed as any
  }
  const isBroken = prototype !== null && prototype !== Object.prototype && hidesState(prototype);
  return Object.create(isBroken ? Object.prototype : prototype) as object; // typed as any
}

/** Returns the number of items, even if an instance has a size of its own. */
function countItems(list: unknown[] | Set<unknown> | Map<unknown, unknown>): number {
  if (Array.isArray(list)) return list.length;
  return types.isMap(list) ? Reflect.get(Map.prototype, 'size', list) : Reflect.get(Set.prototype, 'size', list);
}

/** Decides whether an object that is no entity is searched for entities. */
function isContainer(value: object): boolean {
  if (isPlain(value) || types.isNativeError(value)) return true;
  return !(hasContent(value) || Hidden.is(value) || value instanceof EventEmitter);
}

/** Decides whether an object can't be an entity. */
function isPlain(value: object): boolean {
  const prototype = prototypeOf(value);
  if (prototype === Object.prototype || prototype === null || Array.isArray(value)) return true;
  return types.isMap(value) || types.isSet(value);
}

function* listParts(container: unknown[] | Set<unknown> | Map<unknown, unknown>): Generator {
  if (Array.isArray(container)) {
    const { length } = container;
    for (let index = 0; index < length; index += 1) yield ownValue(container, index);
  } else if (types.isSet(container)) yield* Set.prototype.values.call(container);
  else {
    for (const [key, item] of Map.prototype.entries.call(container)) {
      yield key;
      yield item;
    }
  }
}
