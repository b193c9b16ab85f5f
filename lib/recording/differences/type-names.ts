import { types } from 'node:util';
import { isObject, ownValue, prototypeOf } from '../../values/kind-of.js';

/** Names the type of a value, more exactly than JSON does. */
export function typeName(value: unknown): string {
  if (!isObject(value)) return value === null ? 'null' : typeof value;
  if (Array.isArray(value)) return 'array';
  if (types.isMap(value)) return 'map';
  if (types.isSet(value)) return 'set';
  if (types.isDate(value)) return 'date';
  if (types.isNativeError(value)) return 'error';
  if (types.isArgumentsObject(value)) return 'arguments';
  return ArrayBuffer.isView(value) ? 'bytes' : 'object';
}

/** Decides whether a value is the boxed form of the kind of another. */
export function isBoxedAs(boxed: unknown, value: unknown): boolean {
  return isObject(boxed) && types.isBoxedPrimitive(boxed) && className(boxed).toLowerCase() === typeof value;
}

/** Names the class of a value for people. */
export function className(value: unknown): string {
  if (!isObject(value)) return typeof value;
  for (let at = prototypeOf(value); at !== null && !types.isProxy(at); at = prototypeOf(at)) {
    const constructor = ownValue(at, 'constructor');
    const name = typeof constructor === 'function' && !types.isProxy(constructor) ? ownValue(constructor, 'name') : undefined;
    if (typeof name === 'string' && name !== '') return name.slice(0, 100);
  }
  return 'no class';
}
