import { types } from 'node:util';
import { builtInName, prototypeHidesState } from '../values/hidden-state.js';
import { ownValue, prototypeOf } from '../values/kind-of.js';
import { findPlatformContent, type PlatformContent } from './platform-content.js';

/** Traits of a class that decide how its instances are compared. */
export class ClassTraits {
  /** Reader of a platform's class, or of one that extends it. */
  readonly platform: PlatformContent | undefined;
  /** Tells whether instances have state that neither their properties nor the platform show. */
  readonly hidesState: boolean;
  /** Tells whether it extends a class of the language other than `Object`, such as `Map`. */
  readonly isSpecial: boolean;
  private readonly hasMethods: boolean;

  constructor(prototype: object | null) {
    let hidesState = false;
    let hasMethods = false;
    let at: object | null = prototype;
    for (; at !== null && nameBuiltIn(at) === undefined; at = prototypeOf(at)) {
      this.platform = types.isProxy(at) ? undefined : findPlatformContent(at);
      if (this.platform !== undefined) break;
      hidesState ||= types.isProxy(at) || (prototypeHidesState(at) && !isDomException(at));
      if (types.isProxy(at)) break;
      hasMethods ||= definesMethods(at);
    }
    this.hidesState = hidesState;
    this.hasMethods = hasMethods;
    this.isSpecial = at !== null && this.platform === undefined && nameBuiltIn(at) !== 'Object';
  }

  /**
   * Finds where an instance keeps state that its enumerable properties don't show. Only methods and accessors of its class could read it.
   *
   * @param names number of its enumerable properties with names
   * @param symbols number of those with symbols
   * @returns `unlisted`: in properties that are not enumerable; `nowhere`: it has no properties at all, so its state must be elsewhere
   */
  findMoreState(instance: object, names: number, symbols: number): 'unlisted' | 'nowhere' | undefined {
    if (!this.hasMethods) return undefined;
    // Faster than Reflect.ownKeys().
    const isMore = Object.getOwnPropertyNames(instance).length > names || Object.getOwnPropertySymbols(instance).length > symbols;
    return isMore ? 'unlisted' : names + symbols === 0 ? 'nowhere' : undefined;
  }
}

/** Traits of objects without a prototype. */
export const UNCLASSED = new ClassTraits(null);

const known = new WeakMap<object, ClassTraits>();

/** Returns the traits of the class with that prototype. Reads them once. */
export function readClassTraits(prototype: object): ClassTraits {
  let traits = known.get(prototype);
  if (traits === undefined) known.set(prototype, (traits = new ClassTraits(prototype)));
  return traits;
}

/** Names an object for people, such as `an instance of Money`. */
export function describeKind(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  if (types.isProxy(value)) return 'a Proxy';
  if (types.isPromise(value)) return 'a promise';
  for (let at = prototypeOf(value); at !== null && !types.isProxy(at); at = prototypeOf(at)) {
    const constructor = ownValue(at, 'constructor');
    const name = typeof constructor === 'function' ? ownValue(constructor, 'name') : undefined;
    if (typeof name === 'string' && name !== '') return `an instance of ${name}`;
  }
  return 'an object without a class';
}

/** Names the language's class of a prototype whose instances' content is compared. */
function nameBuiltIn(prototype: object): string | undefined {
  return prototype === SharedArrayBuffer.prototype ? 'SharedArrayBuffer' : builtInName(prototype);
}

function isDomException(prototype: object): boolean {
  return prototype === DOMException.prototype;
}

function definesMethods(prototype: object): boolean {
  return Reflect.ownKeys(prototype).some((key) => {
    if (key === 'constructor') return false;
    const property = Object.getOwnPropertyDescriptor(prototype, key);
    return property?.get !== undefined || typeof property?.value === 'function';
  });
}
