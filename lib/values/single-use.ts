import { types } from 'node:util';
import { isObject, ownValue } from './kind-of.js';
import { hasManyKeys } from './many-keys.js';
import { readTraits } from './traits.js';

/** How far to go. */
interface Bounds {
  /** How many properties and items are looked at, at the most. */
  readonly limit: number;
  /** For how many ms; but always at `least` of them, so that little is looked through on a busy machine too. */
  readonly time: number;
  readonly least: number;
  /** How far from where it begins. */
  readonly depth?: number;
  /** Whether to look also into what others listen to, and at properties that are not enumerable or named by symbols. */
  readonly isThorough: boolean;
}

const LATER: Bounds = { limit: 25_000, time: 4, least: 2_000, isThorough: false };

/** A caller may wait for it. */
const AT_ONCE: Bounds = { ...LATER, time: 0.75 };

/** What is not asked for takes no time. */
const ANY = { isReadOnce: false, isShared: false };

/** How many properties and objects are looked at between two looks at the clock. */
const BETWEEN_LOOKS = 128;

/**
 * Tells what can be read only once, so that comparing it would take it from its reader: a Node or web stream, Nest's `StreamableFile`, a
 * `Response`, an iterator, or an async iterable. Runs no code of the value's.
 */
export function isReadOnce(value: unknown): value is object {
  return isObject(value) && readTraits(value).isReadOnce;
}

/**
 * Tells whether a value is, or holds, a promise or what can be read only once: then it can't be compared. Of a value that takes more than
 * 4 ms to be looked through, a part counts. Runs no code of the value's.
 */
export function holdsSingleUse(value: unknown): boolean {
  return isObject(value) && !visit([value], LATER, (_, isSingleUse) => !isSingleUse);
}

/**
 * Gives the promises in a value, and what in it can be read only once. Looks into lists, maps, sets and the properties of objects, the
 * nearest first, for 1 ms at the most; not into functions, proxies, or what others listen to, which is not the value's alone.
 */
export function singleUsesIn(value: unknown): readonly object[] {
  const found: object[] = [];
  if (!isObject(value)) return found;
  visit([value], AT_ONCE, (object, isSingleUse) => {
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
  visit(values.filter(isObject), { limit, time: 0, least: limit, depth, isThorough: true }, add);
}

/** Takes one object, and whether it is a promise or can be read only once. Says whether to go on. */
type Visitor = (object: object, isSingleUse: boolean) => boolean;

/** Goes through objects and what they hold, each once, the nearest first. Tells whether the visitor let it. */
function visit(objects: readonly object[], bounds: Bounds, visitor: Visitor): boolean {
  const { limit, depth = Infinity, isThorough } = bounds;
  const isLate = lateness(bounds);
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
  const skipLarge = (): void => {
    left -= limit / 2;
  };
  // A set gives what is added to it meanwhile, too.
  for (const object of seen) {
    const { isReadOnce, isShared } = isThorough ? ANY : readTraits(object);
    const isPromise = types.isPromise(object);
    if (!visitor(object, isPromise || isReadOnce)) return false;
    if (left > 0 && level < depth && !isPromise && (isThorough || !isShared)) lookInto(object, see, skipLarge, isThorough);
    visited += 1;
    if (isLate(visited)) return true;
    if (visited < ofLevel) continue;
    level += 1;
    ofLevel = seen.size;
  }
  return true;
}

/** Makes what tells, after so many steps, whether the time is over. */
function lateness({ time, least }: Bounds): (steps: number) => boolean {
  const end = performance.now() + time;
  return (steps) => steps >= least && steps % BETWEEN_LOOKS === 0 && performance.now() >= end;
}

/**
 * Passes on what an object holds until it is enough.
 *
 * @param skipLarge takes that it has too many properties to list them: to find out took long, too
 */
function lookInto(holder: object, see: (item: unknown) => boolean, skipLarge: () => void, isThorough: boolean): void {
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
  if (hasManyKeys(holder)) return skipLarge();
  for (const key of listKeys(holder, isThorough)) if (!see(ownValue(holder, key))) return;
}

function listKeys(holder: object, isThorough: boolean): readonly PropertyKey[] {
  if (isThorough) return Reflect.ownKeys(holder);
  // What an error has is not enumerable. By symbols, objects of Node's lead to the stores of their async contexts.
  return types.isNativeError(holder) ? Object.getOwnPropertyNames(holder) : Object.keys(holder);
}
