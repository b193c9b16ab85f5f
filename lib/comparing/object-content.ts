import { types } from 'node:util';
import { unbox } from '../values/kind-of.js';

/** Returns the language's name of an object's kind. May run a getter of the object's, as `isDeepStrictEqual` does. */
export function readTag(object: object): string {
  return Object.prototype.toString.call(object);
}

/** Decides whether an object is an error, native or by its prototype. */
export function isError(value: object): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/** Compares the internal content of two dates, regular expressions, boxed primitives or keys. Undefined if they are of no such kind. */
export function areSameInside(one: object, other: object): boolean | undefined {
  if (types.isDate(one)) return types.isDate(other) && Object.is(readTime(one), readTime(other));
  if (types.isRegExp(one)) return types.isRegExp(other) && areSameRegExps(one, other);
  if (types.isKeyObject(one)) return types.isKeyObject(other) && one.equals(other);
  if (types.isBoxedPrimitive(one)) return types.isBoxedPrimitive(other) && Object.is(unbox(one), unbox(other));
  return types.isArgumentsObject(one) ? types.isArgumentsObject(other) : undefined;
}

/** Checks by which kinds of objects are told apart, whatever their classes are. */
const KINDS: readonly ((value: object) => unknown)[] = [
  (value) => Array.isArray(value),
  types.isDate,
  types.isRegExp,
  types.isSet,
  types.isMap,
  isError,
  types.isAnyArrayBuffer,
  (value) => ArrayBuffer.isView(value),
  viewKind,
  types.isKeyObject,
  types.isCryptoKey,
  types.isPromise,
  types.isBoxedPrimitive,
];

/** Decides whether two objects have content of the same kind, such as two lists, two maps, or two objects with properties. */
export function areOfSameKind(one: object, other: object): boolean {
  return KINDS.every((find) => find(one) === find(other));
}

function readTime(date: Date): number {
  return Date.prototype.getTime.call(date);
}

function areSameRegExps(one: RegExp, other: RegExp): boolean {
  return one.source === other.source && one.flags === other.flags && one.lastIndex === other.lastIndex;
}

/** Returns the number of items of a typed array; 0 for a `DataView`. */
export function viewLength(view: ArrayBufferView): number {
  return types.isTypedArray(view) ? Number(Reflect.get(TypedArray.prototype as object, 'length', view)) : 0; // typed as any
}

/** Returns the kind of a typed array, undefined for a `DataView`, and what is no view. */
export function viewKind(view: object): unknown {
  return Reflect.get(TypedArray.prototype as object, Symbol.toStringTag, view); // typed as any
}

const TypedArray = Object.getPrototypeOf(Uint8Array) as { prototype: unknown }; // typed as any
