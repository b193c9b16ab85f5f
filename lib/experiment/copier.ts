import { types } from 'node:util';
import { hidesState, isObject, kindOf, prototypeOf } from './kinds.js';

/** How much one copy looks at, at the most: values, entries, and parts of the properties and the bytes. */
const BUDGET = 10_000;
const PROPERTIES_PER_VISIT = 8;
const BYTES_PER_VISIT = 64;

/** What came of copying. */
export type Copied<Value> =
  | { readonly kind: 'copied'; readonly value: Value }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'live'; readonly what: string };

/** What copying for one call may still take of its caller. */
export class CopyBudget {
  /** ms that copying has taken. */
  spent = 0;

  /** @param limit in ms */
  constructor(readonly limit: number) {}
}

/**
 * Copies data, so that what one side does to it can't be seen by the other: what the control does to the arguments, what a
 * candidate does to them, and what the caller does to the value that is still to be compared.
 *
 * Copied, with cycles and prototypes: lists, plain objects, maps, sets, dates, regular expressions, binary data, and instances of
 * classes that hold nothing but such data (a DTO, an entity). Handed on as they are: keys of maps and members of sets, which are
 * found by their identity; errors, functions, proxies, promises, streams; instances that hold any of these but errors, or hide
 * state (a request, a connection, a service), because a copy of one would be broken; and what lies beyond the budget. Runs no code
 * of the values': no accessor, no constructor, no proxy trap. Never throws.
 */
export class Copier {
  private readonly hiding = new WeakMap<object, boolean>();

  /** Copies the value of a call. */
  copy<Value>(value: Value, _budget: CopyBudget): Copied<Value> {
    return { kind: 'copied', value: this.copyOf(value) };
  }

  /** Copies the arguments of a call, which is a list of ours. */
  copyAll(args: readonly unknown[], _budget: CopyBudget): Copied<unknown[]> {
    return { kind: 'copied', value: this.copiesOf(args) };
  }

  /** Copies what was copied before. */
  copyAgain(args: readonly unknown[]): Copied<unknown[]> {
    return { kind: 'copied', value: this.copiesOf(args) };
  }

  private copyOf<Value>(value: Value): Value {
    if (!isObject(value)) return value;
    try {
      return this.copyObject(value, new Visit()) as Value; // a copy has its original's type
    } catch {
      return value;
    }
  }

  private copiesOf(args: readonly unknown[]): unknown[] {
    const copies = args.slice();
    let visit: Visit | undefined;
    try {
      for (let index = 0; index < copies.length; index += 1) {
        const item = copies[index];
        if (isObject(item)) copies[index] = this.copyObject(item, (visit ??= new Visit()));
      }
      return copies;
    } catch {
      return args.slice();
    }
  }

  private copyObject(value: object, visit: Visit): object {
    const known = visit.copies.get(value);
    if (known !== undefined) return known;
    if (!visit.affords(1)) return value;
    const kind = kindOf(value);
    switch (kind) {
      case 'date':
        return visit.copied(value, new Date(Date.prototype.getTime.call(value)));
      case 'regexp':
        return visit.copied(value, copyRegExp(value as RegExp)); // kindOf has looked
      case 'binary':
        return copyBinary(value as ArrayBuffer | NodeJS.ArrayBufferView, visit); // kindOf has looked
      case 'list':
        return this.copyList(value as unknown[], visit); // kindOf has looked
      case 'map':
        return this.copyMap(value as Map<unknown, unknown>, visit); // kindOf has looked
      case 'set':
        return copySet(value as Set<unknown>, visit); // kindOf has looked
      case 'plain':
        return this.copyPlain(value as Record<string, unknown>, visit); // kindOf has looked
      case 'instance':
        return this.isData(value, visit) ? this.copyRecord(value, visit) : value;
      case 'shared':
      case 'opaque':
        return value;
      default:
        return kind satisfies never;
    }
  }

  private copyList(list: unknown[], visit: Visit): object {
    if (!visit.affords(list.length)) return list;
    const copy = visit.copied<unknown[]>(list, Array.prototype.slice.call(list));
    for (let index = 0; index < copy.length; index += 1) {
      const item = copy[index];
      if (isObject(item)) copy[index] = this.copyObject(item, visit);
    }
    // What `RegExp.exec` returns has named properties beside its items.
    const named = Reflect.ownKeys(list);
    if (named.length === list.length + 1) return copy;
    return this.copyProperties(
      list,
      copy,
      named.filter((key) => key !== 'length' && !Object.hasOwn(copy, key)),
      visit,
    );
  }

  private copyMap(map: Map<unknown, unknown>, visit: Visit): object {
    if (!visit.affords(map.size)) return map;
    const copy = visit.copied(map, new Map<unknown, unknown>());
    for (const [key, item] of Map.prototype.entries.call(map))
      copy.set(key, isObject(item) ? this.copyObject(item, visit) : item);
    return copy;
  }

  private copyPlain(value: Record<string, unknown>, visit: Visit): object {
    const keys = Reflect.ownKeys(value);
    if (!areSimple(value, keys)) return this.copyRecord(value, visit);
    if (!visit.affords(keys.length / PROPERTIES_PER_VISIT)) return value;
    const copy = visit.copied(value, { ...value });
    for (const key of keys) {
      const item = copy[key];
      if (isObject(item)) copy[key] = this.copyObject(item, visit);
    }
    return copy;
  }

  private copyRecord(record: object, visit: Visit): object {
    const keys = Reflect.ownKeys(record);
    if (!visit.affords(keys.length / PROPERTIES_PER_VISIT)) return record;
    const copy = visit.copied(record, Object.create(prototypeOf(record)) as object);
    return this.copyProperties(record, copy, keys, visit);
  }

  private copyProperties(from: object, to: object, keys: readonly PropertyKey[], visit: Visit): object {
    for (const key of keys) {
      const property = Object.getOwnPropertyDescriptor(from, key);
      if (property === undefined) continue;
      if (isObject(property.value)) property.value = this.copyObject(property.value, visit);
      Object.defineProperty(to, key, property);
    }
    return to;
  }

  /** Whether nothing but data can be reached from an instance; what can't be said within the budget is not. */
  private isData(instance: object, visit: Visit): boolean {
    if (visit.data.has(instance)) return true;
    const seen = new Set<object>();
    const isData = this.holdsOnlyData(instance, seen, visit);
    if (isData) for (const value of seen) visit.data.add(value);
    return isData;
  }

  private holdsOnlyData(value: unknown, seen: Set<object>, visit: Visit): boolean {
    if (typeof value === 'function') return false;
    if (!isObject(value) || seen.has(value) || visit.data.has(value)) return true;
    seen.add(value);
    if (!visit.affords(1)) return false;
    const every = (items: Iterable<unknown>, count: number) => {
      if (!visit.affords(count)) return false;
      for (const item of items) if (!this.holdsOnlyData(item, seen, visit)) return false;
      return true;
    };
    const kind = kindOf(value);
    switch (kind) {
      case 'list':
        return every(Array.prototype.values.call(value), (value as unknown[]).length); // kindOf has looked
      case 'map':
        return every(Map.prototype.values.call(value), (value as Map<unknown, unknown>).size); // kindOf has looked
      case 'set':
        return true;
      case 'plain':
        return this.propertiesAreData(value, seen, visit);
      case 'instance':
        return !this.hides(prototypeOf(value) as object) && this.propertiesAreData(value, seen, visit); // null would be plain
      case 'opaque':
        return false;
      case 'date':
      case 'regexp':
      case 'binary':
      case 'shared':
        return true;
      default:
        return kind satisfies never;
    }
  }

  private propertiesAreData(value: object, seen: Set<object>, visit: Visit): boolean {
    const keys = Reflect.ownKeys(value);
    if (!visit.affords(keys.length / PROPERTIES_PER_VISIT)) return false;
    return keys.every((key) => {
      const property = Object.getOwnPropertyDescriptor(value, key);
      return property === undefined || ('value' in property && this.holdsOnlyData(property.value, seen, visit));
    });
  }

  private hides(prototype: object): boolean {
    const known = this.hiding.get(prototype);
    if (known !== undefined) return known;
    const hides = hidesState(prototype);
    this.hiding.set(prototype, hides);
    return hides;
  }
}

/** One copy under way: what it has made, and what it may still cost. */
class Visit {
  readonly copies = new Map<object, object>();
  private known: Set<object> | undefined;
  private left = BUDGET;

  /** Instances that are known to hold only data, and what they hold. */
  get data(): Set<object> {
    return (this.known ??= new Set());
  }

  affords(cost: number): boolean {
    this.left -= cost;
    return this.left >= 0;
  }

  copied<Copy extends object>(original: object, copy: Copy): Copy {
    this.copies.set(original, copy);
    return copy;
  }
}

/** Whether spreading an object copies all its properties, and runs none of its code. */
function areSimple(value: object, keys: readonly PropertyKey[]): keys is readonly string[] {
  if (prototypeOf(value) !== Object.prototype || !Object.isExtensible(value)) return false;
  for (const key of keys) {
    if (typeof key !== 'string' || key === '__proto__') return false;
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (!property?.writable || !property.enumerable || !property.configurable) return false;
  }
  return true;
}

function copySet(set: Set<unknown>, visit: Visit): object {
  return visit.affords(set.size) ? visit.copied(set, new Set(Set.prototype.values.call(set))) : set;
}

function copyRegExp(regExp: RegExp): RegExp {
  const copy = new RegExp(regExp.source, regExp.flags);
  copy.lastIndex = regExp.lastIndex;
  return copy;
}

function copyBinary(value: ArrayBuffer | NodeJS.ArrayBufferView, visit: Visit): object {
  if (!visit.affords(value.byteLength / BYTES_PER_VISIT)) return value;
  if (types.isArrayBuffer(value)) return visit.copied(value, value.slice(0));
  if (Buffer.isBuffer(value)) return visit.copied(value, Buffer.from(value));
  // Not the whole of what it is a view of.
  const bytes = value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength);
  const View = value.constructor as new (bytes: ArrayBufferLike) => object; // kindOf has seen that it is a built-in one
  return visit.copied(value, new View(bytes));
}
