import { isLazyRelation } from './lazy-relation.js';

/** Longest list, in items, that is searched for properties that are not enumerable. In longer ones that takes 1 µs per item. */
const SHORT = 10;

const { getOwnPropertyDescriptor, getOwnPropertySymbols } = Object;

/** Decides whether a property can be copied by its value, which runs no code. */
export function isOrdinary({ writable, enumerable, configurable }: PropertyDescriptor): boolean {
  return writable === true && enumerable === true && configurable === true;
}

/** Decides whether a property has an accessor that may be bound to its object. */
export function hasForeignAccessor(record: object, key: PropertyKey): boolean {
  const property = getOwnPropertyDescriptor(record, key);
  return property !== undefined && !('value' in property) && !isLazyRelation(property);
}

/** Decides whether a list has properties beside its items and length, as results of `RegExp.exec` have. */
export function isUnusual(list: unknown[]): boolean {
  // Names come after indices, and symbols after names.
  if (list.length <= SHORT) return Reflect.ownKeys(list).at(-1) !== 'length';
  if (getOwnPropertySymbols(list).length > 0 || Object.hasOwn(list, 'constructor')) return true;
  const last = Object.keys(list).at(-1);
  return last !== undefined && (String(Number(last)) !== last || Number(last) >= list.length);
}

const lookupGetter: unknown = getOwnPropertyDescriptor(Object.prototype, '__lookupGetter__')?.value;

/** Decides whether reading an item of a list runs an accessor. (Describing the item takes four times as long.) */
export const isAccessor: (list: unknown[], index: number) => boolean =
  typeof lookupGetter === 'function'
    ? (list, index) => Reflect.apply(lookupGetter, list, [index]) !== undefined
    : (list, index) => getOwnPropertyDescriptor(list, index)?.get !== undefined;
