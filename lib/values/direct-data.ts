import { types } from 'node:util';
import { builtInName } from './hidden-state.js';
import { JSON_LIMITS } from './json-limits.js';
import { prototypeOf } from './kind-of.js';

/** Kind of data that JSON shows as it is: plain objects, lists, texts and the like alone, or instances of the application's classes too. */
export type DirectKind = 'plain' | 'instances';

/**
 * Decides whether the JSON form of a value shows all of its parts, as they are, so that it can be read in place of its JSON form. Runs no
 * code of the value's. Undefined if it does not: for parts such as maps, accessors and cycles, and for a value that is too large.
 *
 * @param isHiding tells whether the class with that prototype hides properties
 */
export function readDirectKind(value: unknown, isHiding: (prototype: object) => boolean): DirectKind | undefined {
  const reader = new Reader(isHiding);
  return reader.read(value, 0) ? (reader.hasInstances ? 'instances' : 'plain') : undefined;
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
    // A boxed text has as many properties as characters.
    if (prototype !== Object.prototype && prototype !== null && (!isDirectClass(prototype) || this.isHiding(prototype)))
      return false;
    const keys = Object.keys(value);
    if (prototype !== Object.prototype) {
      this.hasInstances = true;
      if (Object.getOwnPropertyNames(value).length !== keys.length) return false;
    }
    if (!this.takes(keys.length) || Object.getOwnPropertySymbols(value).length > 0) return false;
    for (const key of keys) if (!this.readText(key) || !this.readProperty(value, key, depth)) return false;
    return true;
  }

  private readList(list: readonly unknown[], depth: number): boolean {
    const { length } = list;
    // A list has its items and its length, and nothing else.
    if (!this.takes(length) || Reflect.ownKeys(list).length !== length + 1) return false;
    for (let index = 0; index < length; index += 1) if (!this.readProperty(list, index, depth)) return false;
    return true;
  }

  /** Returns whether so many more parts are shown. */
  private takes(parts: number): boolean {
    this.left -= parts;
    return parts <= JSON_LIMITS.breadth && this.left > 0;
  }

  private readProperty(value: object, key: string | number, depth: number): boolean {
    const property = Object.getOwnPropertyDescriptor(value, key);
    return property !== undefined && 'value' in property && this.read(property.value, depth);
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
