import { Blob, File } from 'node:buffer';
import { types } from 'node:util';
import { Hidden } from '../../base/hidden.js';
import { builtInName, prototypeHidesState } from '../hidden-state.js';
import { ownValue, propertyOf, prototypeOf } from '../kind-of.js';
import { findRebuild, type Rebuild } from './copies.js';
import type { LiveValues } from './live-values.js';
import { hasContextMethods } from './message-context.js';
import { findPlatformRebuild } from './platform-copies.js';

/** Decides whether an object is a service of the application: a provider, or of the class of one. */
export type IsService = (instance: object) => boolean;

/**
 * Treatment of a class's instances. They are copied; shared, because nobody can change them; shared as services, if they can't be copied; or
 * refused among arguments.
 */
export type Treatment = 'copy' | 'share' | 'service' | 'refuse';

/** Traits of a class that decide about copies of its instances. */
export interface ClassTraits {
  readonly treatment: Treatment;
  /** Kind of an instance that can't be copied, for people; undefined if all may be. */
  readonly obstacle?: string | undefined;
  /** Makes an object with an instance's internal state. Undefined for instances that are their properties and nothing else. */
  readonly rebuild?: Rebuild | undefined;
  readonly isMessageContext?: boolean;
}

/** Names of the platform's classes whose instances nobody can change. */
const IMMUTABLE = /^(?:Intl|Temporal)\./;

/** Names and methods of classes of libraries' own machinery, which is made once and then only read. */
const MACHINERY: readonly (readonly [name: RegExp, ...methods: string[]])[] = [
  [/^GraphQL/, 'toConfig'], // schema and types
  [/^Locale$/, 'preparse', 'postformat', 'pastFuture'], // of moment
];

const SHARED: ClassTraits = { treatment: 'share' };

/** Traits of classes, each determined at the first instance. Runs no code of the classes'. */
export class ClassesOfValues {
  private readonly known = new WeakMap<object, ClassTraits>();

  constructor(
    private readonly live: LiveValues,
    private readonly isService: IsService,
  ) {}

  /** @param prototype that of the instance */
  read(instance: object, prototype: object): ClassTraits {
    const known = this.known.get(prototype);
    if (known !== undefined) return known;
    const traits = this.determine(instance, prototype);
    this.known.set(prototype, traits);
    return traits;
  }

  private determine(instance: object, prototype: object): ClassTraits {
    if (Hidden.is(instance) || isImmutable(instance, prototype)) return SHARED;
    const isMessageContext = hasContextMethods(prototype);
    const live = types.isPromise(instance) ? 'a promise' : this.live.describe(instance);
    if (live !== undefined) return { treatment: 'refuse', obstacle: live, isMessageContext };
    const inspected = inspectClass(prototype);
    if (this.isService(instance)) return { ...inspected, treatment: 'service' };
    return { ...inspected, treatment: inspected.obstacle === undefined ? 'copy' : 'refuse', isMessageContext };
  }
}

function inspectClass(prototype: object): Pick<ClassTraits, 'obstacle' | 'rebuild'> {
  for (let at: object | null = prototype; at !== null; at = prototypeOf(at)) {
    if (types.isProxy(at)) return { obstacle: 'an object whose class is behind a Proxy' };
    const builtIn = builtInName(at);
    if (builtIn !== undefined) return { rebuild: findRebuild(builtIn) };
    const rebuild = findPlatformRebuild(at);
    if (rebuild !== undefined) return { rebuild };
    if (prototypeHidesState(at)) return { obstacle: describeHiding(prototype) };
  }
  return {};
}

/** Recognises an object that nobody can change. */
function isImmutable(instance: object, prototype: object): boolean {
  if (prototype === Blob.prototype || prototype === File.prototype) return true;
  if (types.isKeyObject(instance) || types.isCryptoKey(instance)) return true;
  const tag: unknown = ownValue(prototype, Symbol.toStringTag);
  if (typeof tag === 'string' && IMMUTABLE.test(tag)) return Reflect.ownKeys(instance).length === 0;
  const className = nameClass(prototype);
  return MACHINERY.some(([name, ...methods]) => name.test(className) && methods.every((method) => hasMethod(prototype, method)));
}

function hasMethod(prototype: object, name: string): boolean {
  return typeof propertyOf(prototype, name)?.value === 'function';
}

function describeHiding(prototype: object): string {
  const name = nameClass(prototype);
  if (name === 'Object') return "an object whose prototype holds state that can't be copied";
  return `an instance of ${name || 'a class without a name'}, whose private state can't be copied`;
}

/** Returns the name of the class of a prototype; empty if it has none. */
function nameClass(prototype: object): string {
  const constructor: unknown = propertyOf(prototype, 'constructor')?.value;
  const name: unknown = typeof constructor === 'function' && !types.isProxy(constructor) ? ownValue(constructor, 'name') : '';
  return typeof name === 'string' ? name : '';
}
