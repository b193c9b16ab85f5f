import { types } from 'node:util';
import { isObject, ownValue, propertyOf, prototypeOf } from './kinds.js';

/** How a part of a context is copied: undefined if it lives. */
export type CopyPart = (part: unknown) => { readonly value: unknown } | undefined;

/**
 * Whether an object is what a microservice's handler is told of its message beside the data (`RmqContext`, `KafkaContext`, …), by its
 * methods: with it a handler acknowledges the message, which can be done once.
 */
export function isMessageContext(value: object): boolean {
  return (
    Array.isArray(ownValue(value, 'args')) &&
    hasMethod(value, 'getArgs') &&
    hasMethod(value, 'getArgByIndex') &&
    !hasMethod(value, 'switchToHttp')
  );
}

/** Makes a context of the same class and data, in which what lives (a channel, a consumer, a heartbeat) does nothing. */
export function inertContext(context: object, copy: CopyPart): object {
  const standIn = Object.create(prototypeOf(context)) as object;
  for (const key of Reflect.ownKeys(context)) {
    const property = Object.getOwnPropertyDescriptor(context, key);
    if (property === undefined || !('value' in property)) continue;
    const value: unknown = property.value;
    property.value = key === 'args' && Array.isArray(value) ? value.map((part) => partOf(part, copy)) : partOf(value, copy);
    Object.defineProperty(standIn, key, property);
  }
  return standIn;
}

function partOf(part: unknown, copy: CopyPart): unknown {
  const copied = copy(part);
  if (copied !== undefined) return copied.value;
  return typeof part === 'function' ? inertFunction(part) : inertObject(part as object); // only these live
}

/** Does nothing, and gives nothing: a promise of it where the original is `async`. */
function inertFunction(original: unknown): () => unknown {
  return types.isAsyncFunction(original) ? () => Promise.resolve() : () => undefined;
}

/** An object of the same class whose methods do nothing, with its text, numbers and the like. */
function inertObject(original: object): object {
  const standIn = Object.create(prototypeOf(original)) as object;
  for (let at: object | null = original; at !== null && at !== Object.prototype && !types.isProxy(at); at = prototypeOf(at)) {
    for (const key of Reflect.ownKeys(at)) {
      if (key === 'constructor' || Object.hasOwn(standIn, key)) continue;
      const value = ownValue(at, key);
      if (typeof value === 'function') Object.defineProperty(standIn, key, { value: inertFunction(value), configurable: true });
      else if (at === original && !isObject(value)) Object.defineProperty(standIn, key, { value, configurable: true });
    }
  }
  return standIn;
}

function hasMethod(value: object, name: string): boolean {
  return typeof propertyOf(value, name)?.value === 'function';
}
