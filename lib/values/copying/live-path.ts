import { types } from 'node:util';
import { isObject, ownValue, prototypeOf } from '../kind-of.js';

/** Values that are searched at most. */
const LOOKED_AT = 1_000;

/**
 * Returns the path of a value within another, as code would write it: `.options.signal`, `[0]`. If there are several, it is the shortest.
 * Searches lists and plain objects.
 *
 * @returns the empty text for the value itself, and for one that is not found
 */
export function findPath(value: unknown, within: unknown): string {
  const places = new Map<unknown, string>([[within, '']]);
  for (const [at, path] of places) {
    if (at === value) return path;
    if (!isContainer(at)) continue;
    for (const key of Reflect.ownKeys(at)) {
      const part = ownValue(at, key);
      if (!places.has(part)) places.set(part, path + keyText(at, key));
      if (places.size > LOOKED_AT) return places.get(value) ?? '';
    }
  }
  return '';
}

function isContainer(value: unknown): value is object {
  if (!isObject(value) || types.isProxy(value)) return false;
  const prototype = prototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}

function keyText(holder: object, key: PropertyKey): string {
  if (typeof key === 'symbol') return `[${key.toString()}]`;
  if (Array.isArray(holder)) return `[${String(key)}]`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(String(key)) ? `.${String(key)}` : `[${JSON.stringify(key)}]`;
}
