import { EventEmitter } from 'node:events';
import { types } from 'node:util';
import { Hidden } from '../base/hidden.js';

/** Kind of a value, for copying. `shared` values may be shared within a copied instance, `opaque` ones may not. */
export type Kind = 'date' | 'regexp' | 'binary' | 'list' | 'map' | 'set' | 'plain' | 'instance' | 'shared' | 'opaque';

/**
 * Pattern in the source text of classes whose instances can't be copied from outside: native ones, and those with `#private` state, also as
 * compilers write it for older targets.
 */
const HIDES_STATE = /[.\s;{}]#[\p{ID_Start}$_]|\[native code\]|\b(?:[gs]et|add|InitSpec)\(this\b|classPrivate/u;

/** Determines the kind of a value from its internal slots and its prototype alone. Runs no code of the value's. */
export function kindOf(value: object): Kind {
  if (types.isProxy(value)) return 'opaque';
  const prototype = prototypeOf(value);
  if (prototype === Object.prototype) return types.isArgumentsObject(value) ? 'opaque' : kindOfPlain(value);
  if (prototype === Array.prototype && Array.isArray(value)) return 'list';
  if (prototype === null) return types.isModuleNamespaceObject(value) ? 'opaque' : 'plain';
  if (prototype === Date.prototype && types.isDate(value)) return 'date';
  if (prototype === Map.prototype && types.isMap(value)) return 'map';
  if (prototype === Set.prototype && types.isSet(value)) return 'set';
  if (prototype === RegExp.prototype) return types.isRegExp(value) && isBare(value) ? 'regexp' : 'shared';
  if (types.isArrayBuffer(value) || types.isArrayBufferView(value)) return BINARY.includes(prototype) ? 'binary' : 'shared';
  // Hardly ever changed, and can't be made again without their class.
  if (types.isNativeError(value) || types.isBoxedPrimitive(value) || types.isRegExp(value)) return 'shared';
  if (Hidden.is(value)) return 'shared';
  return Array.isArray(value) || hasSlots(value) || value instanceof EventEmitter ? 'opaque' : 'instance';
}

/** Recognises a frozen object of primitives, which can't be changed, and may be compared by identity. */
function kindOfPlain(value: object): Kind {
  if (Object.isExtensible(value) || !Object.isFrozen(value)) return 'plain';
  for (const key of Reflect.ownKeys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property === undefined || isObject(property.value) || 'get' in property) return 'plain';
  }
  return 'shared';
}

/** Built-in class of views of binary data. */
type View = (new (bytes: ArrayBuffer) => NodeJS.ArrayBufferView) & { readonly prototype: object };

/** Built-in views except Buffer. An instance of a subclass can't be made again without the subclass. */
export const VIEWS: readonly View[] = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
];

const BINARY: readonly (object | null)[] = [Buffer, ArrayBuffer, ...VIEWS].map(({ prototype }) => prototype as object);

function hasSlots(value: object): boolean {
  return (
    types.isDate(value) ||
    types.isMap(value) ||
    types.isSet(value) ||
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isSharedArrayBuffer(value) ||
    types.isGeneratorObject(value) ||
    types.isMapIterator(value) ||
    types.isSetIterator(value) ||
    types.isExternal(value)
  );
}

/** Decides whether a regular expression has no property that could hide its internal state. */
function isBare(regExp: RegExp): boolean {
  return Reflect.ownKeys(regExp).length === 1; // `lastIndex`
}

/**
 * Decides whether an object is more than its properties and its prototype, so that only its class, or the language, can make one like it.
 */
export function hasContent(value: object): boolean {
  return (
    hasSlots(value) ||
    types.isNativeError(value) ||
    types.isRegExp(value) ||
    types.isBoxedPrimitive(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isArrayBufferView(value)
  );
}

/** Decides whether a class of the prototype chain is missing, or keeps state that its instances' properties don't show. */
export function hidesState(prototype: object): boolean {
  for (let at: object | null = prototype; at !== null && at !== Object.prototype; at = prototypeOf(at)) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
    if (typeof constructor !== 'function' || HIDES_STATE.test(Function.prototype.toString.call(constructor))) return true;
  }
  return false;
}

/** Returns an object's prototype, typed. */
export function prototypeOf(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null; // typed as any
}

/** Returns the value of an object's own property; undefined for an accessor. */
export function ownValue(value: object, key: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

/** Finds a property of an object or its prototypes, up to the first proxy. Runs no code of the value's. */
export function propertyOf(value: object, key: PropertyKey): PropertyDescriptor | undefined {
  for (let at: object | null = value; at !== null && !types.isProxy(at); at = prototypeOf(at)) {
    const property = Object.getOwnPropertyDescriptor(at, key);
    if (property !== undefined) return property;
  }
  return undefined;
}

/** Decides whether a value is an object, and not a function. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Makes a reader of a number that a built-in class has an accessor for. It bypasses a property of the same name on the value. */
export function numberOf(prototype: object, name: string): (value: object) => number {
  const read = accessorOf(prototype, name);
  return (value) => read(value) as number; // a built-in class's, of known type
}

/** Makes a reader as `numberOf` does, for any accessor. */
export function accessorOf(prototype: object, name: string): (value: object) => unknown {
  const property = Object.getOwnPropertyDescriptor(prototype, name);
  return (value) => property?.get?.call(value) as unknown;
}
