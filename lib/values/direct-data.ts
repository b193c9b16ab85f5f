import { types } from 'node:util';
import { builtInName } from './hidden-state.js';
import { JSON_LIMITS } from './json-limits.js';
import { prototypeOf } from './kind-of.js';

/** Kind of data that JSON shows as it is: plain objects, lists, texts and the like alone, or instances of the application's classes too. */
export type DirectKind = 'plain' | 'instances';

/**
 * Decides whether the JSON form of a value shows all of its parts, as they are, so that it can be read in place of its JSON form. Reads
 * accessors, as comparing does. Undefined if JSON shows other parts: for maps, cycles and the like, and for a value that is too large.
 *
 * @param isHiding tells whether the class with that prototype hides properties
 */
export function readDirectKind(value: unknown, isHiding: (prototype: object) => boolean): DirectKind | undefined {
  const reader = new Reader(isHiding);
  try {
    if (!reader.read(value, 0)) return undefined;
  } catch {
    // An accessor has thrown.
    return undefined;
  }
  return reader.hasInstances ? 'instances' : 'plain';
}

/** Bits of an integer that is read here. JSON counts the digits of larger ones. */
const SHOWN = 64;

class Reader {
  hasInstances = false;
  private left = JSON_LIMITS.total;
  private characters = JSON_LIMITS.characters;

  constructor(private readonly isHiding: (prototype: object) => boolean) {}

  /** Returns whether JSON shows the value as it is. */
  read(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case 'string':
        return this.readText(value);
      case 'object':
        return value === null || (depth < JSON_LIMITS.depth && this.readObject(value, depth + 1));
      case 'bigint':
        return BigInt.asIntN(SHOWN, value) === value && this.readText(`${value}n`);
      case 'function':
      case 'symbol':
        return false;
      default:
        return true;
    }
  }

  private readText({ length }: string): boolean {
    this.characters -= length;
    return length <= JSON_LIMITS.length && this.characters > 0;
  }

  private readObject(value: object, depth: number): boolean {
    if (types.isProxy(value)) return false;
    const prototype = prototypeOf(value);
    if (prototype === Array.prototype) return Array.isArray(value) && this.readList(value, depth);
    if (prototype === Date.prototype) return types.isDate(value) && Reflect.ownKeys(value).length === 0;
    if (prototype !== Object.prototype) {
      this.hasInstances = true;
      // A boxed text has as many properties as characters.
      if (prototype !== null && (!isDirectClass(prototype) || this.isHiding(prototype))) return false;
    }
    let count = 0;
    // Lists no keys, because memory that is new is slow.
    for (const key in value) {
      count += 1;
      if (count > JSON_LIMITS.breadth || !this.readText(key)) return false;
      if (!this.read((value as Readonly<Record<string, unknown>>)[key], depth)) return false;
    }
    // Inherited properties, hidden ones and symbols are no parts that JSON shows.
    return (
      this.takes(count) && Object.getOwnPropertyNames(value).length === count && Object.getOwnPropertySymbols(value).length === 0
    );
  }

  private readList(list: readonly unknown[], depth: number): boolean {
    const { length } = list;
    if (!this.takes(length)) return false;
    for (let index = 0; index < length; index += 1) {
      const item = list[index];
      if ((item === undefined && !Object.hasOwn(list, index)) || !this.read(item, depth)) return false;
    }
    // A list has its items and its length, and nothing else.
    return Reflect.ownKeys(list).length === length + 1;
  }

  /** Returns whether so many more parts are shown. */
  private takes(parts: number): boolean {
    this.left -= parts;
    return parts <= JSON_LIMITS.breadth && this.left > 0;
  }
}

/** Decisions by prototype. */
const known = new WeakMap<object, boolean>();

/** Decides whether instances of a class are no more than their properties, as JSON shows them. */
function isDirectClass(prototype: object): boolean {
  let isDirect = known.get(prototype);
  if (isDirect === undefined) known.set(prototype, (isDirect = extendsNothingElse(prototype)));
  return isDirect;
}

function extendsNothingElse(prototype: object): boolean {
  let at: object | null = prototype;
  while (at !== null && at !== Object.prototype) {
    const isElse = types.isProxy(at) || at === URL.prototype || at === URLSearchParams.prototype || builtInName(at) !== undefined;
    if (isElse) return false;
    at = prototypeOf(at);
  }
  return true;
}
