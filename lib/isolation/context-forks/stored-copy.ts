import { types } from 'node:util';
import { isObject, prototypeOf } from '../../values/kind-of.js';

/** Objects of one store that are copied at most. Further ones are shared. */
const MOST = 1_000;

/**
 * Copies a store: plain objects, lists, Maps and Sets, at any depth, up to 1,000 of them. Anything else is shared, because instances of
 * classes are services and requests more often than data.
 */
export function copyStored<Stored>(stored: Stored): Stored {
  return copyPart(stored, new Map()) as Stored; // of the same shape
}

function copyPart(value: unknown, known: Map<object, unknown>): unknown {
  if (!isObject(value) || types.isProxy(value) || known.size >= MOST) return value;
  const already = known.get(value);
  if (already !== undefined) return already;
  const inner = (one: unknown): unknown => copyPart(one, known);
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    known.set(value, copy);
    for (const item of value) copy.push(inner(item));
    return copy;
  }
  const prototype = prototypeOf(value);
  if (prototype === Map.prototype) {
    const copy = new Map<unknown, unknown>();
    known.set(value, copy);
    for (const [key, item] of value as Map<unknown, unknown>) copy.set(key, inner(item));
    return copy;
  }
  if (prototype === Set.prototype) {
    const copy = new Set<unknown>();
    known.set(value, copy);
    for (const item of value as Set<unknown>) copy.add(inner(item));
    return copy;
  }
  if (prototype !== Object.prototype && prototype !== null) return value;
  const copy = Object.create(prototype) as object;
  known.set(value, copy);
  for (const key of Reflect.ownKeys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property === undefined) continue;
    Object.defineProperty(copy, key, 'value' in property ? { ...property, value: inner(property.value) } : property);
  }
  return copy;
}
