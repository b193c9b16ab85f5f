import { EventEmitter } from 'node:events';
import { Stream } from 'node:stream';
import { types } from 'node:util';
import { isObject, ownValue, propertyOf, prototypeOf } from './kinds.js';

/** What is live in its class: names it for people. */
type What = string;

/** How many of its parts an instance is looked at for something live that it holds. */
const PARTS = 100;

/** What tells a live class by its methods, whoever has made it; the first that fits counts. */
const METHODS: readonly (readonly [What, readonly PropertyKey[]])[] = [
  ['an iterator', ['next', Symbol.iterator]],
  ['an iterator', ['next', Symbol.asyncIterator]],
  ['a stream', ['pipe', 'on']],
  ['a stream', ['getReader', 'cancel']],
  ['a stream', ['getWriter', 'abort']],
  ['a stream', ['releaseLock']],
  ['an Observable', ['subscribe', 'pipe']],
  ['an EventEmitter', ['on', 'emit']],
  ['an EventTarget', ['addEventListener', 'dispatchEvent']],
  ['an async iterable', [Symbol.asyncIterator]],
];

/** What tells one by accessors that it has beside a method. */
const ACCESSORS: readonly (readonly [What, string, string])[] = [
  ['a request or response', 'arrayBuffer', 'bodyUsed'],
  ['an AbortController', 'abort', 'signal'],
  ['a stream', 'readable', 'writable'],
];

/**
 * Tells values that live: that are used up by who reads them, or call back. A candidate that is given one changes what the control and
 * the caller see. Runs no code of the values', and reads nothing of what they hold.
 */
export class LiveValues {
  private readonly known = new WeakMap<object, What | null>();

  /** What is live about an object itself, for people; undefined if nothing is. A proxy can't be looked at. */
  whatOf(value: object): What | undefined {
    if (types.isProxy(value)) return undefined;
    if (types.isGeneratorObject(value) || types.isMapIterator(value) || types.isSetIterator(value)) return 'an iterator';
    const prototype = prototypeOf(value);
    if (prototype === null || prototype === Object.prototype || prototype === Array.prototype || types.isProxy(prototype))
      return undefined;
    return this.inherited(prototype);
  }

  /**
   * What is live about an instance: itself, or what it holds directly or in lists and plain objects of its own, such as the request that
   * a framework's own request holds. Its functions are taken for methods of its.
   *
   * @param work takes how many parts were looked at
   * @returns what it is, for people, and undefined if nothing is
   */
  heldBy(instance: object, work: (parts: number) => void): What | undefined {
    const own = this.whatOf(instance);
    if (own !== undefined || types.isProxy(instance)) return own;
    const held = this.among(instance, true, work);
    return held && `an object that holds ${held}`;
  }

  /** What is live about a value, or about what it holds directly. */
  near(value: unknown, work: (parts: number) => void): What | undefined {
    if (typeof value === 'function') return isClass(value) ? undefined : 'a function';
    if (!isObject(value) || types.isProxy(value)) return undefined;
    const held = this.heldBy(value, work);
    if (held !== undefined || !isOwnContainer(value)) return held;
    const keys = Reflect.ownKeys(value).slice(0, PARTS);
    return keys.some((key) => isCallback(ownValue(value, key))) ? 'an object that holds a function' : undefined;
  }

  private among(holder: object, goesOn: boolean, work: (parts: number) => void): What | undefined {
    const keys = Reflect.ownKeys(holder);
    work(keys.length);
    for (const key of keys.slice(0, PARTS)) {
      const part = ownValue(holder, key);
      if (!isObject(part) || types.isProxy(part)) continue;
      const what = this.whatOf(part) ?? (goesOn && isOwnContainer(part) ? this.among(part, false, work) : undefined);
      if (what !== undefined) return what;
    }
    return undefined;
  }

  private inherited(prototype: object): What | undefined {
    const known = this.known.get(prototype);
    if (known !== undefined) return known ?? undefined;
    const what = whatIsInherited(prototype);
    this.known.set(prototype, what ?? null);
    return what;
  }
}

/**
 * Whether a function is a class, which doesn't call back: it has a prototype that can't be replaced, as those of `class` and of the
 * language have, or one with methods, as older targets write classes.
 */
export function isClass(value: object): boolean {
  if (types.isProxy(value)) return false;
  const property = Object.getOwnPropertyDescriptor(value, 'prototype');
  if (property === undefined || !isObject(property.value) || types.isGeneratorFunction(value)) return false;
  if (!property.writable) return true;
  return prototypeOf(property.value) !== Object.prototype || Reflect.ownKeys(property.value).length > 1;
}

function isCallback(value: unknown): boolean {
  return typeof value === 'function' && !isClass(value);
}

function isOwnContainer(value: object): boolean {
  const prototype = prototypeOf(value);
  if (prototype === Array.prototype) return (value as unknown[]).length <= PARTS; // a list has a length of its own
  return prototype === Object.prototype || prototype === null;
}

function whatIsInherited(prototype: object): What | undefined {
  if (inherits(prototype, Stream.prototype)) return 'a stream';
  if (inherits(prototype, EventEmitter.prototype)) return 'an EventEmitter';
  for (const [what, methods] of METHODS) if (methods.every((name) => hasMethod(prototype, name))) return what;
  for (const [what, method, accessor] of ACCESSORS) {
    if (
      propertyOf(prototype, accessor)?.get !== undefined &&
      (hasMethod(prototype, method) || propertyOf(prototype, method)?.get)
    )
      return what;
  }
  return undefined;
}

function hasMethod(value: object, name: PropertyKey): boolean {
  return typeof propertyOf(value, name)?.value === 'function';
}

function inherits(value: object, from: object): boolean {
  for (let at: object | null = value; at !== null && !types.isProxy(at); at = prototypeOf(at)) if (at === from) return true;
  return false;
}
