import { types } from 'node:util';
import type { CandidateContext } from '../../experiment/run-context.js';
import { refuseEffect } from '../effect-refused.error.js';

/** Methods that only Nest or the language calls. */
const KEPT = new Set<PropertyKey>([
  ...['constructor', 'then', 'onModuleInit', 'onApplicationBootstrap'],
  ...['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'],
]);

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Guard of objects that send something: what candidates call of them is refused. */
export class ProviderGate {
  private readonly guarded = new WeakSet();

  constructor(private readonly running: () => CandidateContext | undefined) {}

  /** Tells whether an object is guarded. */
  has(target: object): boolean {
    return this.guarded.has(target);
  }

  /**
   * Guards the methods of an object, on the object itself.
   *
   * @param name name of the object for people
   * @param reads names of the methods that candidates may call
   * @returns false if it can't be guarded, because it is frozen, a Proxy or no object
   */
  guard(target: unknown, name: string, reads: readonly string[]): boolean {
    if ((typeof target !== 'object' && typeof target !== 'function') || target === null) return false;
    if (this.guarded.has(target)) return true;
    if (types.isProxy(target) || !Object.isExtensible(target)) return false;
    this.guarded.add(target);
    for (const key of methodNames(target)) {
      if (typeof key === 'string' && !reads.includes(key)) this.guardMethod(target, key, `${name}.${key}`);
    }
    return true;
  }

  private guardMethod(target: object, key: string, effect: string): void {
    const { running } = this;
    const method = Reflect.get(target, key) as Method; // its property holds a function
    const guarded = function (this: unknown, ...args: unknown[]): unknown {
      const candidate = running();
      if (candidate?.writes === 'refuse') throw refuseEffect(candidate, effect);
      return Reflect.apply(method, this, args);
    };
    const own = Object.getOwnPropertyDescriptor(target, key);
    Reflect.defineProperty(target, key, {
      value: Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(method)),
      configurable: true,
      writable: true,
      enumerable: own?.enumerable ?? false,
    });
  }
}

/** Lists the methods of an object and of its prototypes, without those of every object. Runs no accessors. */
function methodNames(target: object): PropertyKey[] {
  const names = new Set<PropertyKey>();
  for (
    let at: object | null = target;
    at !== null && at !== Object.prototype && at !== Function.prototype;
    at = prototypeOf(at)
  ) {
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === 'function' && !KEPT.has(key)) names.add(key);
    }
  }
  return [...names];
}

function prototypeOf(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null; // typed as any
}
