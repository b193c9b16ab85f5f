import { types } from 'node:util';
import { isObject, ownValue, propertyOf, prototypeOf } from '../kind-of.js';

/** How a part of a context is copied: undefined if it lives. */
export type CopyPart = (part: unknown) => { readonly value: unknown } | undefined;

/** What messages are acknowledged or answered with. */
const ANSWERS = ['ack', 'acknowledge', 'respond'];

/** How many messages are looked for in each other: those of a stream hold those of its connection. */
const WITHIN_MESSAGES = 3;

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
    property.value = key === 'args' && Array.isArray(value) ? value.map((part) => inertPart(part, copy)) : inertPart(value, copy);
    Object.defineProperty(standIn, key, property);
  }
  return standIn;
}

/** @param depth how far what lives is within what lives */
function inertPart(part: unknown, copy: CopyPart, depth = 0): unknown {
  const copied = copy(part);
  // What a message holds and can't be copied is its connection.
  if (copied !== undefined && (depth === 0 || copied.value !== part || !isObject(part))) return copied.value;
  return typeof part === 'function' ? inertFunction(part) : inertObject(part as object, copy, depth); // nothing else lives
}

/** Does nothing, and gives nothing: a promise of it where the original is `async`. */
function inertFunction(original: unknown): () => unknown {
  return types.isAsyncFunction(original) ? () => Promise.resolve() : () => undefined;
}

/** An object of the same class whose methods do nothing, with its text, numbers and the like; and, of a message, with its data. */
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
