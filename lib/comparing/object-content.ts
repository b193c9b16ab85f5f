import { URL } from 'node:url';
import { isDeepStrictEqual, types } from 'node:util';

/** Answers of this Node version where versions differ. */
const INVALID_DATES_ARE_EQUAL = isDeepStrictEqual(new Date(NaN), new Date(NaN));
const WEAK_ONES_ARE_EQUAL = isDeepStrictEqual(new WeakSet(), new WeakSet());
/** Tells whether an error without a cause equals one whose cause is undefined. */
export const MAY_LACK_CAUSE = isDeepStrictEqual(new Error('', { cause: undefined }), new Error(''));

/** Returns the language's name of an object's kind. May run a getter of the object's, as `isDeepStrictEqual` does. */
export function readTag(object: object): string {
  return Object.prototype.toString.call(object);
}

/** Decides whether an object is an error, native or by its prototype. */
export function isError(value: object): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/** Compares the internal content of two objects of the same kind: dates, boxed primitives, regular expressions, keys, URLs. */
export function areSameInside(one: object, other: object): boolean {
  if (types.isDate(one)) return types.isDate(other) && areSameDates(one, other);
  if (types.isRegExp(one)) return types.isRegExp(other) && areSameRegExps(one, other);
  if (types.isBoxedPrimitive(one)) return types.isBoxedPrimitive(other) && Object.is(unbox(one), unbox(other));
  if (isComparedElsewhere(other)) return false;
  if (types.isKeyObject(one)) return types.isKeyObject(other) && one.equals(other);
  if (types.isCryptoKey(one)) return isDeepStrictEqual(one, other);
  if (one instanceof URL) return other instanceof URL && one.href === other.href;
  return WEAK_ONES_ARE_EQUAL || !(types.isWeakSet(one) || types.isWeakMap(one) || types.isPromise(one));
}

function areSameDates(one: Date, other: Date): boolean {
  const [here, there] = [Date.prototype.getTime.call(one), Date.prototype.getTime.call(other)];
  return here === there || (INVALID_DATES_ARE_EQUAL && Number.isNaN(here) && Number.isNaN(there));
}

function areSameRegExps(one: RegExp, other: RegExp): boolean {
  return one.source === other.source && one.flags === other.flags && one.lastIndex === other.lastIndex;
}

function unbox(value: object): unknown {
  if (types.isNumberObject(value)) return Number.prototype.valueOf.call(value);
  if (types.isStringObject(value)) return String.prototype.valueOf.call(value);
  if (types.isBooleanObject(value)) return Boolean.prototype.valueOf.call(value);
  if (types.isBigIntObject(value)) return BigInt.prototype.valueOf.call(value);
  return Symbol.prototype.valueOf.call(value);
}

function isComparedElsewhere(value: object): boolean {
  return (
    Array.isArray(value) ||
    ArrayBuffer.isView(value) ||
    types.isSet(value) ||
    types.isMap(value) ||
    types.isDate(value) ||
    types.isRegExp(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isBoxedPrimitive(value) ||
    isError(value)
  );
}

/** Returns the bytes of binary data. */
export function viewBytes(data: ArrayBufferLike | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}

/** Returns the number of items of a typed array; 0 for a `DataView`. */
export function viewLength(view: ArrayBufferView): number {
  return types.isTypedArray(view) ? Number(Reflect.get(TypedArray.prototype as object, 'length', view)) : 0; // typed as any
}

/** Returns the kind of a typed array, undefined for a `DataView`. */
export function viewKind(view: ArrayBufferView): unknown {
  return Reflect.get(TypedArray.prototype as object, Symbol.toStringTag, view); // typed as any
}

const TypedArray = Object.getPrototypeOf(Uint8Array) as { prototype: unknown }; // typed as any
