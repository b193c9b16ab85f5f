import { types } from 'node:util';

/** Decides whether an object is frozen and holds no others, so that nobody can change it, and it may be known by its identity. */
export function isConstant(value: object): boolean {
  if (Object.isExtensible(value) || !Object.isFrozen(value)) return false;
  return Reflect.ownKeys(value).every((key) => {
    const property = Object.getOwnPropertyDescriptor(value, key);
    return property !== undefined && 'value' in property && !isObject(property.value);
  });
}

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

/** Returns the value of a boxed primitive. */
export function unbox(value: object): unknown {
  if (types.isNumberObject(value)) return Number.prototype.valueOf.call(value);
  if (types.isStringObject(value)) return String.prototype.valueOf.call(value);
  if (types.isBooleanObject(value)) return Boolean.prototype.valueOf.call(value);
  if (types.isBigIntObject(value)) return BigInt.prototype.valueOf.call(value);
  return Symbol.prototype.valueOf.call(value);
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
export function accessorOf(prototype: object, name: PropertyKey): (value: object) => unknown {
  const property = Object.getOwnPropertyDescriptor(prototype, name);
  return (value) => property?.get?.call(value) as unknown;
}
