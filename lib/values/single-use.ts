import { types } from 'node:util';
import { isObject, ownValue } from './kind-of.js';
import { timeToList } from './many-keys.js';
import { readTraits } from './object-traits.js';

/** Bounds of a search. */
interface Bounds {
  /** Properties and items that are visited at most. */
  readonly limit: number;
  /** Time, in ms. At least `least` of them are visited anyway, so that a busy machine still searches a little. */
  readonly time: number;
  readonly least: number;
  /** Longest distance from the start. */
  readonly depth?: number;
  /** Tells whether to search objects that others listen to, and properties that are not enumerable or have symbols as keys. */
  readonly isThorough: boolean;
}

const LATER: Bounds = { limit: 25_000, time: 4, least: 2_000, isThorough: false };

/** Bounds of a search that a caller may wait for. */
const WHILE_WAITING: Bounds = { ...LATER, time: 0.75 };

/** Traits of objects in a thorough search, which don't matter and aren't determined. */
const ANY = { isReadOnce: false, isShared: false };

/** Times, in ms, of listing an object's symbols: from the first it is charged, as so many steps per ms, and from the other it is too much. */
const NOTABLE = 0.02;
const LONG = 0.3;
const PER_MS = 10_000;

/** Properties and objects that are visited between two readings of the clock. */
const STEPS_PER_CHECK = 128;

/**
 * Decides whether a value can be read only once, so that comparing it would take it from its reader: a Node or web stream, Nest's
 * `StreamableFile`, a `Response`, an iterator, or an async iterable. Runs no code of the value's.
 */
export function isReadOnce(value: unknown): value is object {
  return isObject(value) && readTraits(value).isReadOnce;
}

/**
 * Decides whether a value is, or holds, a promise or something that can be read only once, so that it can't be compared. If searching the
 * value takes more than 4 ms, only a part counts. Runs no code of the value's.
 *
 * @param isExcepted excepts objects that the application can compare
 */
export function holdsSingleUse(value: unknown, isExcepted: (object: object) => boolean = () => false): boolean {
  return isObject(value) && !visit([value], LATER, (object, isSingleUse) => !isSingleUse || isExcepted(object));
}

/**
 * Returns the promises in a value, and the parts that can be read only once. Searches lists, maps, sets and the properties of objects, the
 * nearest first, for at most 1 ms. Doesn't search functions, proxies, or objects that others listen to, which are not the value's alone.
 */
export function singleUsesIn(value: unknown): readonly object[] {
  const found: object[] = [];
  if (!isObject(value)) return found;
  visit([value], WHILE_WAITING, (object, isSingleUse) => {
    if (isSingleUse) found.push(object);
    return true;
  });
  return found;
}

/**
 * Adds values, and the objects that can be reached from them, to a set, the nearest first.
 *
 * @param limit number of properties and items that are visited
 * @param depth longest distance from the values
 */
export function addReached(to: Set<object>, values: readonly unknown[], limit: number, depth = Infinity): void {
  const add = (object: object): true => {
    to.add(object);
    return true;
  };
  visit(values.filter(isObject), { limit, time: 0, least: limit, depth, isThorough: true }, add);
}

/** Receives an object, and whether it is a promise or can be read only once. Returns whether to continue. */
type Visitor = (object: object, isSingleUse: boolean) => boolean;

/** Visits objects and their contents, each once, the nearest first. Returns false if the visitor stopped it. */
function visit(objects: readonly object[], bounds: Bounds, visitor: Visitor): boolean {
  const { limit, depth = Infinity, isThorough } = bounds;
  const isLate = makeTimeCheck(bounds);
  const seen = new Set(objects);
  let left = limit;
  let level = 0;
  let visited = 0;
  let ofLevel = seen.size;
  const see = (item: unknown): boolean => {
    if (isObject(item)) seen.add(item);
    left -= 1;
    if (isLate(limit - left)) left = 0;
    return left > 0;
  };
  const listing = (took: number): boolean => {
    if (took >= NOTABLE) left -= Math.round(took < LONG ? took * PER_MS : limit / 2);
    return took < LONG && left > 0;
  };
  // Iterating a set includes members that are added meanwhile.
  for (const object of seen) {
    const { isReadOnce, isShared } = isThorough ? ANY : readTraits(object);
    const isPromise = types.isPromise(object);
    if (!visitor(object, isPromise || isReadOnce)) return false;
    if (left > 0 && level < depth && !isPromise && (isThorough || !isShared)) lookInto(object, see, listing, isThorough);
    visited += 1;
    if (isLate(visited)) return true;
    if (visited < ofLevel) continue;
    level += 1;
    ofLevel = seen.size;
  }
  return true;
}

/** Makes a function that tells whether the time is over after a number of steps. */
function makeTimeCheck({ time, least }: Bounds): (steps: number) => boolean {
  const end = performance.now() + time;
  return (steps) => steps >= least && steps % STEPS_PER_CHECK === 0 && performance.now() >= end;
}

/**
 * Passes on the contents of an object until there is enough.
 *
 * @param listing charges the ms that listing an object's symbols took. Returns whether to list all properties
 */
function lookInto(
  holder: object,
  see: (item: unknown) => boolean,
  listing: (took: number) => boolean,
  isThorough: boolean,
): void {
  if (types.isProxy(holder) || types.isArrayBufferView(holder) || types.isModuleNamespaceObject(holder)) return;
  if (types.isMap(holder)) {
    for (const [key, item] of Map.prototype.entries.call(holder)) if (!see(key) || !see(item)) return;
  } else if (types.isSet(holder)) {
    for (const item of Set.prototype.values.call(holder)) if (!see(item)) return;
  }
  if (Array.isArray(holder)) {
    // The list may be too long for listing its keys.
    for (let index = 0; index < holder.length; index += 1) if (!see(ownValue(holder, index))) return;
    return;
  }
  if (!listing(timeToList(holder))) return;
  for (const key of listKeys(holder, isThorough)) if (!see(ownValue(holder, key))) return;
}

function listKeys(holder: object, isThorough: boolean): readonly PropertyKey[] {
  // To read the stack of an error formats it, which runs code of the error's.
  if (types.isNativeError(holder)) {
    // Properties of errors are not enumerable.
    const keys = isThorough ? Reflect.ownKeys(holder) : Object.getOwnPropertyNames(holder);
    return keys.filter((key) => key !== 'stack');
  }
  // Symbols of Node's objects lead to the stores of their async contexts.
  return isThorough ? Reflect.ownKeys(holder) : Object.keys(holder);
}
