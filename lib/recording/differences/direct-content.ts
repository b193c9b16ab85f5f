import { prototypeOf } from '../../values/kind-of.js';
import { NotDirect } from './not-direct.js';

/** Object of direct data that is neither a list nor a date. */
export type DirectRecord = Readonly<Record<string, unknown>>;

/** Tells whether a value is a list. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Decides whether a part of direct data is an object that is neither a list nor a date. */
export function isDirectRecord(value: unknown): value is DirectRecord {
  return typeof value === 'object' && value !== null && !isList(value) && prototypeOf(value) !== Date.prototype;
}

/** Decides whether a part of direct data has parts itself. */
export function isDirectComposite(value: unknown): value is DirectRecord | readonly unknown[] {
  return isList(value) || isDirectRecord(value);
}

/** Returns the JSON form of a part that holds no others; undefined if that is not the only form it can have. */
export function showScalar(value: unknown): string | number | boolean | null {
  switch (typeof value) {
    case 'number':
      // As JSON, they are texts.
      if (!Number.isFinite(value) || Object.is(value, -0)) throw new NotDirect();
      return value;
    case 'string':
    case 'boolean':
      return value;
    case 'undefined':
      return '[undefined]';
  }
  if (value === null) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '[Invalid Date]' : value.toISOString();
  throw new NotDirect();
}

/** Decides whether two parts are equal, and so are their JSON forms. */
export function areDirectlyEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (isList(one) && isList(other)) {
    const { length } = one;
    if (length !== other.length) return false;
    for (let index = 0; index < length; index += 1) if (!areDirectlyEqual(one[index], other[index])) return false;
    return true;
  }
  if (isDirectRecord(one) && isDirectRecord(other)) return areRecordsEqual(one, other);
  if (isDirectComposite(one) || isDirectComposite(other)) return false;
  const isShownAlike = showScalar(one) === showScalar(other);
  if (isShownAlike && typeof one !== typeof other) throw new NotDirect();
  return isShownAlike;
}

function areRecordsEqual(one: DirectRecord, other: DirectRecord): boolean {
  const [keys, others] = [Object.keys(one), Object.keys(other)];
  if (keys.length !== others.length) return false;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] ?? '';
    if ((others[index] !== key && !Object.hasOwn(other, key)) || !areDirectlyEqual(one[key], other[key])) return false;
  }
  if (prototypeOf(one) !== prototypeOf(other)) throw new NotDirect();
  return true;
}
