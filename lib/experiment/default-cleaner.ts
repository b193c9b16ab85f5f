import { types } from 'node:util';
import { isObject, prototypeOf } from './kinds.js';

/** Which entity of an application's database an object is: the name of its class, and its id. */
export interface Identity {
  readonly entity: string;
  readonly id: unknown;
}

/** Tells whether an object is an entity, and which. Runs no code of the object's. */
export type Identify = (value: object) => Identity | undefined;

/** How much is looked at: items and properties in all, and levels. */
const LIMITS = { total: 10_000, depth: 50 };

const CUT = '[Cut]';

/**
 * What is published of a value that holds entities, where no `clean` says it: an entity becomes `{ entity, id }`, a list or a set of
 * nothing but entities the ids by class, such as `{ User: [1, 2] }`; those within lists, plain objects, sets and maps too. A value
 * without entities is given back itself. Runs no code of the value's.
 */
export function withoutEntities(value: unknown, identify: Identify): unknown {
  if (!isObject(value)) return value;
  const search = new Search(identify);
  search.look(value);
  return search.entities.size === 0 ? value : new Cleaning(search).cleaned(value, 0);
}

/** Looks through a value for entities, the nearest first. */
class Search {
  readonly entities = new Map<object, Identity>();
  readonly seen = new Set<object>();
  private left = LIMITS.total;

  constructor(private readonly identify: Identify) {}

  look(value: object): void {
    this.seen.add(value);
    // It grows while it is gone through.
    for (const one of this.seen) {
      if (types.isProxy(one)) continue;
      if (isContainer(one)) this.lookInto(one);
      else {
        const identity = this.identify(one);
        if (identity !== undefined) this.entities.set(one, identity);
      }
    }
  }

  private lookInto(container: object): void {
    for (const part of partsOf(container)) {
      this.left -= 1;
      if (this.left < 0) return;
      if (isObject(part)) this.seen.add(part);
    }
  }
}

/** Copies a value that holds entities, with what is to be told of them in their place. */
class Cleaning {
  private readonly copies = new Map<object, unknown>();

  constructor(private readonly search: Search) {}

  cleaned(value: unknown, depth: number): unknown {
    if (!isObject(value) || types.isProxy(value)) return value;
    const identity = this.search.entities.get(value);
    if (identity !== undefined) return { entity: identity.entity, id: identity.id };
    // It may be one, or hold some.
    if (!this.search.seen.has(value) || depth > LIMITS.depth) return CUT;
    if (this.copies.has(value)) return this.copies.get(value);
    if (!isContainer(value)) return value;
    if (types.isMap(value)) return this.map(value, depth + 1);
    return Array.isArray(value) || types.isSet(value) ? this.list(value, depth + 1) : this.record(value, depth + 1);
  }

  private list(list: unknown[] | Set<unknown>, depth: number): unknown {
    const items = [...taken(partsOf(list))];
    const size = sizeOf(list);
    const ids = this.idsByClass(items, size);
    if (ids !== undefined) return ids;
    const copy: unknown[] = [];
    this.copies.set(list, copy);
    for (const item of items) copy.push(this.cleaned(item, depth));
    if (size > items.length) copy.push(`… ${size - items.length} more`);
    return copy;
  }

  /** The ids of the entities in a list, if it holds nothing else, as far as it was looked at. */
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
      if (known === undefined) ids.set(identity.entity, [identity.id]);
      else known.push(identity.id);
    }
    if (count === 0) return undefined;
    return Object.fromEntries<unknown>([...ids, ...(size > count ? [['…', `${size - count} more`] as const] : [])]);
  }

  private map(map: Map<unknown, unknown>, depth: number): unknown {
    const copy = new Map<unknown, unknown>();
    this.copies.set(map, copy);
    for (const [key, item] of taken(Map.prototype.entries.call(map)))
      copy.set(this.cleaned(key, depth), this.cleaned(item, depth));
    return copy;
  }

  private record(record: object, depth: number): unknown {
    const copy = Object.create(prototypeOf(record)) as object; // typed as any
    this.copies.set(record, copy);
    for (const key of Reflect.ownKeys(record)) {
      const property = Object.getOwnPropertyDescriptor(record, key);
      if (property === undefined) continue;
      if ('value' in property) property.value = this.cleaned(property.value, depth);
      Object.defineProperty(copy, key, property);
    }
    return copy;
  }
}

/** How many there are, without asking what an instance says of itself. */
function sizeOf(list: unknown[] | Set<unknown>): number {
  return Array.isArray(list) ? list.length : Reflect.get(Set.prototype, 'size', list);
}

/** Whether entities are looked for within an object. */
function isContainer(value: object): boolean {
  if (Array.isArray(value) || types.isMap(value) || types.isSet(value)) return true;
  const prototype = prototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function* partsOf(container: object): Generator {
  if (Array.isArray(container)) {
    const { length } = container;
    for (let index = 0; index < length; index += 1) yield ownValue(container, index);
  } else if (types.isSet(container)) yield* Set.prototype.values.call(container);
  else if (types.isMap(container)) {
    for (const [key, item] of Map.prototype.entries.call(container)) {
      yield key;
      yield item;
    }
  } else for (const key of Reflect.ownKeys(container)) yield ownValue(container, key);
}

/** The first of them, as many as are looked at. */
function* taken<Item>(items: Iterable<Item>): Generator<Item> {
  let left = LIMITS.total;
  for (const item of items) {
    if (left-- <= 0) return;
    yield item;
  }
}

function ownValue(value: object, key: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}
