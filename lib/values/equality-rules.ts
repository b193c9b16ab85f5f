import { types } from 'node:util';
import { prototypeOf } from './kind-of.js';

/** Decides whether two instances are equal. */
export type AreEqual = (one: object, other: object) => unknown;

/** Rule as options state it: that classes don't count, or the equality of a class's instances. */
export type StatedRule = 'structural' | readonly [type: { readonly prototype: unknown }, areEqual: AreEqual];

/** Rules by which values are compared, beside those of deep equality. */
export class EqualityRules {
  private readonly classes: readonly (readonly [prototype: unknown, areEqual: AreEqual])[];
  private readonly known = new WeakMap<object, AreEqual | null>();

  private constructor(
    stated: readonly StatedRule[],
    /** Tells whether classes don't count, so that an instance can equal a plain object. */
    readonly isStructural: boolean,
  ) {
    this.classes = stated.flatMap((rule) => (rule === 'structural' ? [] : [[rule[0].prototype, rule[1]] as const]));
  }

  /** Combines rules. For an instance of several classes, the first one counts. Undefined if there are none. */
  static of(stated: readonly StatedRule[]): EqualityRules | undefined {
    return stated.length === 0 ? undefined : new EqualityRules(stated, stated.includes('structural'));
  }

  /** Tells whether a function of the user's decides about instances of some class. */
  get asksUser(): boolean {
    return this.classes.length > 0;
  }

  /** Returns the equality that is stated for an object. Runs no code of its own. */
  findFor(value: object): AreEqual | undefined {
    return types.isProxy(value) ? undefined : this.find(prototypeOf(value));
  }

  /** Returns the equality that is stated for instances with that prototype, or for a class that theirs extends. */
  find(prototype: object | null): AreEqual | undefined {
    if (prototype === null || this.classes.length === 0) return undefined;
    const known = this.known.get(prototype);
    if (known !== undefined) return known ?? undefined;
    const chain = new Set<unknown>();
    for (let at: object | null = prototype; at !== null && !types.isProxy(at); at = prototypeOf(at)) chain.add(at);
    const areEqual = this.classes.find(([of]) => chain.has(of))?.[1];
    this.known.set(prototype, areEqual ?? null);
    return areEqual;
  }
}
