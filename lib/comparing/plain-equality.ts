import { isObject, prototypeOf } from '../values/kind-of.js';

/** Parts that are compared at most, which takes some 50 µs, and characters of a text that count as one. */
const PARTS = 1_000;
const TEXT = 1_024;

/** Result of comparing ordinary data. */
export type PlainEquality = 'equal' | 'different';

/**
 * Compares a value in one walk with ordinary data: primitives, plain objects and lists, and nothing else. Undefined means that the value is
 * not known to be ordinary data itself, or that there is too much to compare. Runs accessors and traps of proxies in the value, as
 * comparing it does. Never throws.
 *
 * @param data ordinary data, as `Copier` says that a copy is. It may be changed by nobody
 */
export function comparePlain(data: unknown, value: unknown): PlainEquality | undefined {
  const walk = new Walk();
  try {
    if (!walk.visit(data, value)) return undefined;
  } catch {
    // An accessor or a trap has thrown, or the data is nested too deeply.
    return undefined;
  }
  return walk.differs ? 'different' : 'equal';
}

class Walk {
  differs = false;
  private left = PARTS;

  /** Returns whether the value is ordinary data, also where it differs. */
  visit(data: unknown, value: unknown): boolean {
    this.left -= 1;
    if (isObject(value)) return this.left >= 0 && this.visitObject(isObject(data) ? data : undefined, value);
    if (typeof value === 'function') return false;
    if (typeof data === 'string') this.left -= Math.floor(data.length / TEXT);
    if (this.left < 0) return false;
    if (!Object.is(data, value)) this.differs = true;
    return true;
  }

  private visitObject(data: object | undefined, value: object): boolean {
    const prototype = prototypeOf(value);
    const other = data !== undefined && prototypeOf(data) === prototype ? data : undefined;
    if (other === undefined) this.differs = true;
    if (prototype === Object.prototype)
      return this.visitRecord(other as Readonly<Record<string, unknown>> | undefined, value as Readonly<Record<string, unknown>>);
    // Of lists' prototype, ordinary data is a list.
    return prototype === Array.prototype && Array.isArray(value) && this.visitList(other as unknown[] | undefined, value);
  }

  private visitList(data: unknown[] | undefined, value: unknown[]): boolean {
    const { length } = value;
    if (length > this.left) return false;
    if (data?.length !== length) this.differs = true;
    for (let index = 0; index < length; index += 1) {
      const item = value[index];
      if (item === undefined && !Object.hasOwn(value, index)) return false;
      if (item === undefined && data !== undefined && !Object.hasOwn(data, index)) return false;
      if (!this.visit(data?.[index], item)) return false;
    }
    // Beside its items, a list has its length, and nothing else.
    return Reflect.ownKeys(value).length === length + 1;
  }

  private visitRecord(data: Readonly<Record<string, unknown>> | undefined, value: Readonly<Record<string, unknown>>): boolean {
    let names = 0;
    for (const name in value) {
      names += 1;
      const isShared = data !== undefined && Object.hasOwn(data, name);
      if (!isShared) {
        if (!Object.hasOwn(value, name)) return false;
        this.differs = true;
      }
      if (!this.visit(isShared ? data[name] : undefined, value[name])) return false;
    }
    if (data !== undefined && Object.keys(data).length !== names) this.differs = true;
    // Properties that aren't enumerable may be the methods of a stream.
    if (Object.getOwnPropertyNames(value).length !== names || Object.getOwnPropertySymbols(value).length > 0) return false;
    return Object.prototype.toString.call(value) === '[object Object]';
  }
}
