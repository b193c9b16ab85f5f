import { types } from 'node:util';
import { isObject, ownValue } from '../kind-of.js';
import { hasManyKeys } from '../many-keys.js';

/** Values that are searched at most. */
const LOOKED_AT = 1_000;

/**
 * Returns the path of a value within another, as code would write it: `.options.signal`, `[0]`. If there are several, it is the shortest.
 * Searches lists and the properties of other objects.
 *
 * @returns the empty text for the value itself; undefined for one that is not found
 */
export function findPath(value: unknown, within: unknown): string | undefined {
  const places = new Map<unknown, string>([[within, '']]);
  for (const [at, path] of places) {
    if (at === value) return path;
    if (!isSearched(at)) continue;
    for (const key of Reflect.ownKeys(at)) {
      // Reading a stack makes V8 format it, by a function that may be the application's.
      const part = key === 'stack' ? undefined : ownValue(at, key);
      if (!places.has(part)) places.set(part, path + keyText(at, key));
      if (places.size > LOOKED_AT) return places.get(value);
    }
  }
  return undefined;
}

function isSearched(value: unknown): value is object {
  if (!isObject(value) || types.isProxy(value) || types.isModuleNamespaceObject(value)) return false;
  return !ArrayBuffer.isView(value) && !hasManyKeys(value);
}

function keyText(holder: object, key: PropertyKey): string {
  if (typeof key === 'symbol') return `[${key.toString()}]`;
  if (Array.isArray(holder)) return `[${String(key)}]`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(String(key)) ? `.${String(key)}` : `[${JSON.stringify(key)}]`;
}
