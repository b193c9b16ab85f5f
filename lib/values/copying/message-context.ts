import { types } from 'node:util';
import { isObject, ownValue, propertyOf, prototypeOf } from '../kind-of.js';

/** Copies a part of a context. Returns undefined if the part is live. */
export type CopyPart = (part: unknown) => { readonly value: unknown } | undefined;

/** Methods with which messages are acknowledged or answered. */
const ANSWERS = ['ack', 'acknowledge', 'respond'];

/** Depth to which messages within messages are copied. Messages of a stream hold the messages of its connection. */
const WITHIN_MESSAGES = 3;

/**
 * Decides by its methods whether an object is the context that a microservice's handler receives with its message (`RmqContext`,
 * `KafkaContext`, …). The handler acknowledges the message with it, which can be done only once.
 */
export function isMessageContext(value: object): boolean {
  return Array.isArray(ownValue(value, 'args')) && hasContextMethods(value);
}

/** Decides whether a class has the methods of such contexts. */
export function hasContextMethods(prototype: object): boolean {
  return hasMethod(prototype, 'getArgs') && hasMethod(prototype, 'getArgByIndex') && !hasMethod(prototype, 'switchToHttp');
}

/** Makes a context of the same class and data, in which live parts (a channel, a consumer, a heartbeat) do nothing. */
export function inertContext(context: object, copy: CopyPart): object {
  const standIn = Object.create(prototypeOf(context)) as object;
  for (const key of Reflect.ownKeys(context)) {
    const property = Object.getOwnPropertyDescriptor(context, key);
    if (property === undefined || !('value' in property)) continue;
    const value: unknown = property.value;
    property.value = key === 'args' && Array.isArray(value) ? value.map((part) => inertPart(part, copy)) : inertPart(value, copy);
    Object.defineProperty(standIn, key, property);
  }
  return standIn;
}

/** @param depth number of enclosing live parts */
function inertPart(part: unknown, copy: CopyPart, depth = 0): unknown {
  const copied = copy(part);
  // Anything that can't be copied within a message is its connection.
  if (copied !== undefined && (depth === 0 || copied.value !== part || !isObject(part))) return copied.value;
  return typeof part === 'function' ? inertFunction(part) : inertObject(part as object, copy, depth); // nothing else is live
}

/** Makes a function that does nothing, and returns undefined: as a promise if the original is `async`. */
function inertFunction(original: unknown): () => unknown {
  return types.isAsyncFunction(original) ? () => Promise.resolve() : () => undefined;
}

/** Makes an object of the same class whose methods do nothing, with the original's primitives; a message keeps its data too. */
function inertObject(original: object, copy: CopyPart, depth: number): object {
  const standIn = Object.create(types.isProxy(original) ? Object.prototype : prototypeOf(original)) as object;
  const hasData = depth < WITHIN_MESSAGES && !hasMethod(original, 'emit') && ANSWERS.some((name) => hasMethod(original, name));
  for (let at: object | null = original; at !== null && at !== Object.prototype && !types.isProxy(at); at = prototypeOf(at)) {
    for (const key of Reflect.ownKeys(at)) {
      if (key === 'constructor' || Object.hasOwn(standIn, key)) continue;
      const value = ownValue(at, key);
      if (typeof value === 'function') define(standIn, key, inertFunction(value));
      else if (at === original && !isObject(value)) define(standIn, key, value);
      else if (at === original && hasData) define(standIn, key, inertPart(value, copy, depth + 1));
    }
  }
  return standIn;
}

function define(standIn: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(standIn, key, { value, configurable: true, writable: true });
}

function hasMethod(value: object, name: string): boolean {
  return typeof propertyOf(value, name)?.value === 'function';
}
