import { types } from 'node:util';
import { isObject, ownValue } from './kinds.js';
import { traitsOf } from './traits.js';

/** How far to go. */
interface Bounds {
  /** How many properties and items are looked at. */
  readonly limit: number;
  /** How far from where it begins. */
  readonly depth?: number;
  /** Whether to look also into what others listen to, and at properties that are not enumerable or named by symbols. */
  readonly isThorough: boolean;
}

/** Takes a few ms. */
const OF_VALUE: Bounds = { limit: 25_000, isThorough: false };

/**
 * Tells what can be read only once, so that comparing it would take it from its reader: a Node or web stream, Nest's `StreamableFile`, a
 * `Response`, an iterator, or an async iterable. Runs no code of the value's.
 */
export function isReadOnce(value: unknown): value is object {
  return isObject(value) && traitsOf(value).isReadOnce;
}

/**
 * Tells whether a value is, or holds, a promise or what can be read only once: then it can't be compared. Of a value that takes more than
 * a few ms to be looked through, a part counts. Runs no code of the value's.
 */
export function holdsSingleUse(value: unknown): boolean {
  return isObject(value) && !visit([value], OF_VALUE, (_, isSingleUse) => !isSingleUse);
}

/**
 * Gives the promises in a value, and what in it can be read only once. Looks into lists, maps, sets and the properties of objects, the
 * nearest first; not into functions, proxies, or what others listen to, which is not the value's alone.
 */
export function singleUsesIn(value: unknown): readonly object[] {
  const found: object[] = [];
  if (!isObject(value)) return found;
  visit([value], OF_VALUE, (object, isSingleUse) => {
    if (isSingleUse) found.push(object);
    return true;
  });
  return found;
}

/**
 * Adds the objects that can be reached from values, and they themselves, the nearest first.
 *
 * @param limit how many properties and items are looked at
 * @param depth how far from the values
 */
export function addReached(to: Set<object>, values: readonly unknown[], limit: number, depth = Infinity): void {
  const add = (object: object): true => {
    to.add(object);
    return true;
  };
  visit(values.filter(isObject), { limit, depth, isThorough: true }, add);
}

/** Takes one object, and whether it is a promise or can be read only once. Says whether to go on. */
type Visitor = (object: object, isSingleUse: boolean) => boolean;

/** Goes through objects and what they hold, each once, the nearest first. Tells whether it went through. */
function visit(objects: readonly object[], { limit, depth = Infinity, isThorough }: Bounds, visitor: Visitor): boolean {
  const seen = new Set(objects);
  let left = limit;
  let level = 0;
  let visited = 0;
  let ofLevel = seen.size;
  const see = (item: unknown): boolean => {
    if (isObject(item)) seen.add(item);
    left -= 1;
    return left > 0;
  };
  // A set gives what is added to it meanwhile, too.
  for (const object of seen) {
    const { isReadOnce, isShared } = traitsOf(object);
    const isPromise = types.isPromise(object);
    if (!visitor(object, isPromise || isReadOnce)) return false;
    if (left > 0 && level < depth && !isPromise && (isThorough || !isShared)) lookInto(object, see, isThorough);
    visited += 1;
    if (visited < ofLevel) continue;
    level += 1;
    ofLevel = seen.size;
  }
  return true;
}

/** Passes on what an object holds until it is enough. */
function lookInto(holder: object, see: (item: unknown) => boolean, isThorough: boolean): void {
  if (types.isProxy(holder) || types.isArrayBufferView(holder) || types.isModuleNamespaceObject(holder)) return;
  if (types.isMap(holder)) {
    for (const [key, item] of Map.prototype.entries.call(holder)) if (!see(key) || !see(item)) return;
  } else if (types.isSet(holder)) {
    for (const item of Set.prototype.values.call(holder)) if (!see(item)) return;
  }
  if (Array.isArray(holder)) {
    // It may be too long for its keys to be listed.
    for (let index = 0; index < holder.length; index += 1) if (!see(ownValue(holder, index))) return;
    return;
  }
  for (const key of keysOf(holder, isThorough)) if (!see(ownValue(holder, key))) return;
}

function keysOf(holder: object, isThorough: boolean): readonly PropertyKey[] {
  if (isThorough) return Reflect.ownKeys(holder);
  // What an error has is not enumerable. By symbols, objects of Node's lead to the stores of their async contexts.
  return types.isNativeError(holder) ? Object.getOwnPropertyNames(holder) : Object.keys(holder);
}
