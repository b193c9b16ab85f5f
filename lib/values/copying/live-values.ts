import { EventEmitter } from 'node:events';
import { Stream } from 'node:stream';
import { types } from 'node:util';
import { isObject, ownValue, propertyOf, prototypeOf } from '../kind-of.js';
import { hasManyKeys } from '../many-keys.js';

/** Kind of a live value, for people. */
type What = string;

/** Parts that are searched of an instance, and of each list and object that it holds. */
const PARTS = 100;

/** Lists and objects of an instance that are searched. */
const HOLDERS = 100;

/** Methods that identify live classes, whoever has made them. The first match counts. */
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
  ['a DataLoader', ['load', 'loadMany', 'clearAll']],
  ['a timer', ['hasRef', 'unref']],
  ['a message that is to be acknowledged', ['ack']],
  ['a message that is to be acknowledged', ['acknowledge']],
  ['a message that is to be answered', ['respond']],
  ['a query that is being built', ['getQuery', 'setParameters']],
  ['a thenable', ['then']],
];

/** Accessors that identify live classes, with a method. */
const ACCESSORS: readonly (readonly [What, string, string])[] = [
  ['a request or response', 'arrayBuffer', 'bodyUsed'],
  ['an AbortController', 'abort', 'signal'],
  ['a stream', 'readable', 'writable'],
];

/**
 * Detector of live values: those that are consumed by their reader, or call back. A candidate that gets one changes what the control and
 * the caller see. Runs no code of the values', and reads nothing of their contents.
 */
export class LiveValues {
  private readonly known = new WeakMap<object, What | null>();

  /** Returns what is live about an object itself, for people; undefined if nothing is. */
  describe(value: object): What | undefined {
    // Inspecting a proxy runs its code.
    if (types.isProxy(value)) return 'a Proxy';
    if (types.isGeneratorObject(value) || types.isMapIterator(value) || types.isSetIterator(value)) return 'an iterator';
    if (types.isSharedArrayBuffer(value)) return 'shared memory';
    const prototype = prototypeOf(value);
    if (prototype === null || prototype === Object.prototype || prototype === Array.prototype || types.isProxy(prototype))
      return undefined;
    const what = this.findInherited(prototype);
    return what === 'a thenable' && types.isPromise(value) ? undefined : what;
  }

  /**
   * Returns what is live about a value: itself, or something that it holds directly or in its lists, maps, sets and plain objects, such as
   * the original request within a framework's request. Functions in lists and plain objects count as callbacks; functions that an instance
   * holds count as its methods, and its proxies as services.
   *
   * @param isAllowed recognises objects that are not searched
   * @returns the kind of the live value, for people; undefined if nothing is live
   */
  describeNearest(value: unknown, isAllowed: (value: object) => boolean): What | undefined {
    if (typeof value === 'function') return isClass(value) ? undefined : 'a function';
    if (!isObject(value) || isAllowed(value)) return undefined;
    const own = this.describe(value);
    if (own !== undefined) return own;
    const held = this.findHeld(value, isContainer(value), isAllowed);
    return held && `an object that holds ${held}`;
  }

  /** Returns the nearest live value among an object's contents. */
  private findHeld(value: object, callsBack: boolean, isAllowed: (value: object) => boolean): What | undefined {
    const holders = new Set([value]);
    // Iterating a set includes members that are added meanwhile.
    for (const holder of holders) {
      for (const part of listParts(holder)) {
        if (callsBack && isCallback(part)) return 'a function';
        if (!isObject(part) || (types.isProxy(part) && !callsBack) || isAllowed(part)) continue;
        const what = this.describe(part);
        if (what !== undefined) return what;
        if (isContainer(part) && holders.size < HOLDERS) holders.add(part);
      }
    }
    return undefined;
  }

  private findInherited(prototype: object): What | undefined {
    const known = this.known.get(prototype);
    if (known !== undefined) return known ?? undefined;
    const what = describePrototype(prototype);
    this.known.set(prototype, what ?? null);
    return what;
  }
}

/**
 * Decides whether a function is a class, which is no callback. Its prototype can't be replaced, as with `class` and built-in classes, or
 * has methods, as when compilers write classes for older targets.
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

/** Decides whether an object only contains others: a plain object, or a list, map or set, also of a subclass. */
function isContainer(value: object): boolean {
  const prototype = prototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value) || types.isMap(value) || types.isSet(value);
}

/** Returns the first parts of an object. Properties of an object with very many keys are left out, because listing them takes too long. */
function listParts(holder: object): unknown[] {
  if (Array.isArray(holder)) return takeFirst(holder.length, (index) => ownValue(holder, index));
  const parts: unknown[] = [];
  if (types.isMap(holder)) {
    for (const [key, item] of Map.prototype.entries.call(holder)) if (parts.push(key, item) >= PARTS) break;
  } else if (types.isSet(holder)) {
    for (const member of Set.prototype.values.call(holder)) if (parts.push(member) >= PARTS) break;
  }
  if (hasManyKeys(holder)) return parts;
  const keys = Reflect.ownKeys(holder);
  return [...parts, ...takeFirst(keys.length, (index) => readPart(holder, keys[index] ?? ''))];
}

function takeFirst(length: number, at: (index: number) => unknown): unknown[] {
  return Array.from({ length: Math.min(length, PARTS) }, (_, index) => at(index));
}

function readPart(holder: object, key: PropertyKey): unknown {
  // Reading a stack makes V8 format it, by a function that may be the application's.
  return key === 'stack' && types.isNativeError(holder) ? undefined : ownValue(holder, key);
}

function describePrototype(prototype: object): What | undefined {
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
