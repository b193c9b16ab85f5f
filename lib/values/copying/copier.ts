import { types } from 'node:util';
import { CopyBudget, CopyPace } from './copy-budget.js';
import { Copying, Live, type Classes, type CopyMode } from './copying.js';
import { isObject } from '../kind-of.js';
import { LiveValues } from './live-values.js';
import { isMessageContext } from './message-context.js';

/** Result of copying something. */
export type Copied<Value> = { readonly kind: 'copied'; readonly value: Value } | { readonly kind: 'tooLarge' };

/** Result of copying a value. */
export type CopiedValue<Value> =
  | {
      readonly kind: 'copied';
      readonly value: Value;
      /** Tells whether the copy is ordinary data: primitives, plain objects and lists, and nothing else. */
      readonly isPlain: boolean;
    }
  | { readonly kind: 'tooLarge' };

/** Result of copying arguments: `live` if one of them is consumed by its reader, or calls back. */
export type CopiedArguments = Copied<unknown[]> | LiveArgument;

/** Argument that is live, or holds something live. */
export interface LiveArgument {
  readonly kind: 'live';
  /** Index of the argument. */
  readonly index: number;
  readonly value: unknown;
  /** Kind of the live value, for people. */
  readonly what: string;
}

/**
 * Copier of data, which keeps changes by one side from the other: what the control or a candidate does to the arguments, and what the
 * caller does to a value that is still to be compared.
 *
 * Copies, with cycles and prototypes: lists, plain objects, maps, sets, dates, regular expressions, binary data, and instances of classes
 * that hold only such data (a DTO, an entity). Shares: keys of maps and members of sets, which are found by identity; frozen objects of
 * primitives; errors, promises, proxies, classes; and instances that hold any of these but errors, or hide state (a connection, a service),
 * because a copy of one would be broken. In a value, live parts such as a stream or a function are shared too. Arguments with live parts
 * are not copied, and the result says so.
 *
 * A value that takes longer than the budget is not copied, and the result says so. The budget is exceeded by one step at most. That step is
 * long only for a record of more than some thousand properties, because JavaScript can't list only some of them. Runs no code of the
 * values': no accessor, no constructor, no proxy trap. Never throws.
 */
export class Copier {
  private readonly classes: Classes = { live: new LiveValues(), hiding: new WeakMap() };

  /** Copies the value of a call. */
  copy<Value>(value: Value, budget: CopyBudget): CopiedValue<Value> {
    if (!isObject(value)) return { kind: 'copied', value, isPlain: isPrimitive(value) };
    // A copy has its original's type. A value may have live parts.
    return this.copyWithin(budget, 'value', (copying) => copying.copy(value) as Value) as CopiedValue<Value>;
  }

  /** Copies the arguments of a call. */
  copyAll(args: readonly unknown[], budget: CopyBudget): CopiedArguments {
    return this.copyEach(args, budget, 'arguments');
  }

  /** Copies arguments that were made for candidates. Their live parts are shared. */
  copyMade(args: readonly unknown[], budget: CopyBudget): Copied<unknown[]> {
    return this.copyEach(args, budget, 'made') as Copied<unknown[]>; // live parts are shared
  }

  /**
   * Checks arguments that candidates get without copies: each argument, and what lists, plain objects and instances among them hold
   * directly. Replaces contexts of messages by inert ones.
   */
  checkAll(args: readonly unknown[]): CopiedArguments {
    const looked: unknown[] = [];
    for (const [index, value] of args.entries()) {
      const isContext = isObject(value) && !types.isProxy(value) && isMessageContext(value);
      const what = isContext ? undefined : this.classes.live.describeNearest(value, () => undefined);
      if (what !== undefined) return { kind: 'live', index, value, what };
      looked.push(isContext ? this.makeInert(value) : value);
    }
    return { kind: 'copied', value: looked };
  }

  /** Copies arguments that were copied before. */
  copyAgain(args: readonly unknown[]): Copied<unknown[]> {
    return this.copyMade(args, new CopyBudget(Infinity));
  }

  private makeInert(context: object): unknown {
    const copied = this.copyAgain([context]);
    return copied.kind === 'copied' ? copied.value[0] : undefined;
  }

  private copyEach(args: readonly unknown[], budget: CopyBudget, mode: CopyMode): CopiedArguments {
    if (args.every(isPrimitive)) return { kind: 'copied', value: args.slice() };
    let index = 0;
    const copied = this.copyWithin(budget, mode, (copying) => {
      const copies: unknown[] = [];
      for (; index < args.length; index += 1) copies.push(copying.copy(args[index]));
      return copies;
    });
    return copied instanceof Live ? { kind: 'live', index, value: copied.value, what: copied.what } : copied;
  }

  private copyWithin<Value>(budget: CopyBudget, mode: CopyMode, copy: (copying: Copying) => Value): CopiedValue<Value> | Live {
    const pace = new CopyPace(budget);
    try {
      const copying = new Copying(this.classes, pace, mode);
      const value = copy(copying);
      return { kind: 'copied', value, isPlain: copying.isPlain };
    } catch (error) {
      // Anything else is a RangeError, thrown for values that are nested too deeply.
      return error instanceof Live ? error : { kind: 'tooLarge' };
    } finally {
      pace.end();
    }
  }
}

function isPrimitive(value: unknown): boolean {
  return (typeof value !== 'object' || value === null) && typeof value !== 'function';
}
