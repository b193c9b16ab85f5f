import { types } from 'node:util';
import { viewLength } from '../../comparing/object-content.js';
import { isEnumerable, listNames, listSymbols, listUnlisted } from '../../comparing/property-names.js';
import { listErrorFields } from '../../values/error-fields.js';
import { prototypeOf } from '../../values/kind-of.js';

/** Decides whether all of an object's content is visited. */
export function isContainer(value: object): boolean {
  const tag = Object.prototype.toString.call(value);
  return Array.isArray(value) || types.isMap(value) || types.isSet(value) || tag === '[object Object]';
}

/** Lists the properties of an object that are compared, other than items, bytes and characters. */
export function listKeys(object: object): readonly PropertyKey[] {
  if (types.isNativeError(object)) {
    const named = ['message', 'name', 'cause', 'errors'].filter((key) => key in object && !isEnumerable(object, key));
    return [...named, ...listErrorFields(object)];
  }
  if (Array.isArray(object)) return listNames(object, object.length) ?? [];
  if (ArrayBuffer.isView(object)) return listNames(object, viewLength(object)) ?? [];
  if (types.isStringObject(object)) return [];
  const keys = [...Object.keys(object), ...listSymbols(object)];
  const prototype = prototypeOf(object);
  return prototype === null || prototype === Object.prototype ? keys : [...keys, ...listUnlisted(object)];
}

/** Decides whether a value is binary data. */
export function isBytes(value: unknown): value is object {
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value);
}
