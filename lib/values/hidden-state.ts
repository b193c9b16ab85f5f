import { types } from 'node:util';
import { isConstant, isObject, ownValue, propertyOf, prototypeOf } from './kind-of.js';

/**
 * Pattern in the source text of classes whose instances can't be copied from outside: native ones, and those with `#private` state, also as
 * compilers write it for older targets, or with state in a `WeakMap` or in slots.
 */
const HIDES_STATE =
  /[.\s;{}]#[\p{ID_Start}$_]|\[native code\]|\b(?:[gs]et|add|InitSpec)\(this\b|\b\w*[sS]lots?\(this\b|class_?[pP]rivate|__private[A-Z]/u;

/** Comments and texts within source text. */
const TEXTS = /\/\*[^]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[^]|[^`\\])*`/g;

/** Source text of the language's own classes whose instances hold nothing but their properties and what can be read from outside. */
const BUILT_IN =
  /^function (Object|Array|Map|Set|Date|RegExp|ArrayBuffer|DataView|Number|String|Boolean|BigInt|Symbol|\w*Error|(?:Int|Uint|Float|BigInt|BigUint)\d+(?:Clamped)?Array)\(\) \{\s+\[native code\]\s+\}$/;

/** Property of MongoDB's classes of values. What they keep outside of their instances is a cache. */
const BSON = Symbol.for('@@mdb.bson.version');

/** Decides whether a class of the prototype chain is behind a proxy, or keeps state that its instances' properties don't show. */
export function hidesState(prototype: object): boolean {
  for (let at: object | null = prototype; at !== null && builtInName(at) === undefined; at = prototypeOf(at)) {
    if (types.isProxy(at) || prototypeHidesState(at)) return true;
  }
  return false;
}

/**
 * Returns the name of the language's class that a prototype belongs to, of this or another realm; undefined for any other class, and for
 * those of the language that hide state, such as `Promise`.
 */
export function builtInName(prototype: object): string | undefined {
  if (prototype === Object.prototype) return 'Object';
  if (types.isProxy(prototype)) return undefined;
  const constructor: unknown = ownValue(prototype, 'constructor');
  if (typeof constructor !== 'function' || types.isProxy(constructor)) return undefined;
  return ownValue(constructor, 'prototype') === prototype ? BUILT_IN.exec(sourceText(constructor))?.[1] : undefined;
}

/** Decides whether one class of a prototype chain, or a prototype without a class, keeps state that its instances' properties don't show. */
export function prototypeHidesState(prototype: object): boolean {
  const constructor: unknown = ownValue(prototype, 'constructor');
  // The text of a class holds that of its methods.
  if (typeof constructor === 'function') return hidesInText(constructor) && propertyOf(prototype, BSON) === undefined;
  return Reflect.ownKeys(prototype).some((key) => {
    const property = Object.getOwnPropertyDescriptor(prototype, key) ?? {};
    const value = ownValue(property, 'value');
    // Without a class, data of a prototype is its instances' own, and they share it.
    if (isObject(value)) return types.isProxy(value) || !isConstant(value);
    return [value, ownValue(property, 'get'), ownValue(property, 'set')].some(hidesInText);
  });
}

function hidesInText(value: unknown): boolean {
  return typeof value === 'function' && HIDES_STATE.test(sourceText(value).replaceAll(TEXTS, '``'));
}

function sourceText(fn: object): string {
  return Function.prototype.toString.call(fn);
}
