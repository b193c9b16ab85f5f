import { types } from 'node:util';
import { isObject, ownValue, prototypeOf } from './kind-of.js';

/** Classes whose instances an application lets both sides have, with their subclasses. */
export class SharedClasses {
  /** Answers for prototypes that were asked for before. */
  private readonly known = new WeakMap<object, boolean>();

  private constructor(private readonly prototypes: ReadonlySet<object>) {}

  /** Compiles classes. Skips what is no class. Undefined if there are none. */
  static of(classes: readonly unknown[]): SharedClasses | undefined {
    const prototypes = classes.flatMap((one) => {
      const prototype: unknown = typeof one === 'function' && !types.isProxy(one) ? ownValue(one, 'prototype') : undefined;
      return isObject(prototype) ? [prototype] : [];
    });
    return prototypes.length === 0 ? undefined : new SharedClasses(new Set(prototypes));
  }

  /** Decides by their prototype whether objects are instances of such a class. Runs no code of theirs. */
  has(prototype: object): boolean {
    const known = this.known.get(prototype);
    if (known !== undefined) return known;
    const isShared = this.find(prototype);
    this.known.set(prototype, isShared);
    return isShared;
  }

  private find(prototype: object): boolean {
    for (let at: object | null = prototype; at !== null && !types.isProxy(at); at = prototypeOf(at)) {
      if (this.prototypes.has(at)) return true;
    }
    return false;
  }
}
