import { isObject, prototypeOf } from '../values/kind-of.js';

/** Parts that are compared at most, which takes some 50 µs, and characters of a text that count as one. */
const PARTS = 1_000;
const TEXT = 1_024;

/**
 * Decides in one walk whether a value equals ordinary data, and is ordinary data itself: primitives, plain objects and lists, and nothing
 * else. False means that this isn't known, for example because there is too much to compare. Runs accessors and traps of proxies in the
 * value, as comparing it does. Never throws.
 *
 * @param data ordinary data, as `Copier` says that a copy is. It may be changed by nobody
 */
export function isSamePlain(data: unknown, value: unknown): boolean {
  if (typeof data === 'number') return Object.is(data, value);
  try {
    return new Walk().areSame(data, value);
  } catch {
    // An accessor or a trap has thrown, or the data is nested too deeply.
    return false;
  }
}

class Walk {
  private left = PARTS;

  areSame(data: unknown, value: unknown): boolean {
    this.left -= 1;
    if (isObject(data)) return this.left >= 0 && this.areSameObjects(data, value);
    if (typeof data === 'string') this.left -= Math.floor(data.length / TEXT);
    return this.left >= 0 && Object.is(data, value);
  }

  private areSameObjects(data: object, value: unknown): boolean {
    if (!isObject(value) || prototypeOf(data) !== prototypeOf(value)) return false;
    const areSame = Array.isArray(data)
      ? Array.isArray(value) && this.areSameLists(data, value)
      : this.areSameRecords(data, value);
    return areSame && Object.getOwnPropertySymbols(value).length === 0;
  }

  private areSameLists(data: unknown[], value: unknown[]): boolean {
    const { length } = data;
    if (value.length !== length || length > this.left) return false;
    for (let index = 0; index < length; index += 1) {
      const item = data[index];
      if (item === undefined && !(Object.hasOwn(data, index) && Object.hasOwn(value, index))) return false;
      if (!this.areSame(item, value[index])) return false;
    }
    // Beside its items, a list has its length, and nothing else.
    return Object.getOwnPropertyNames(value).length === length + 1;
  }

  private areSameRecords(data: object, value: object): boolean {
    let names = 0;
    for (const name in data) {
      if (!Object.hasOwn(value, name)) return false;
      names += 1;
      if (!this.areSame(Reflect.get(data, name), Reflect.get(value, name))) return false;
    }
    // Properties that aren't enumerable may be the methods of a stream.
    if (Object.keys(value).length !== names || Object.getOwnPropertyNames(value).length !== names) return false;
    return Object.prototype.toString.call(value) === '[object Object]';
  }
}
