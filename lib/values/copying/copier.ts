import { types } from 'node:util';
import { CopyBudget, CopyPace } from './copy-budget.js';
import { Copying, Live, type Classes, type CopyMode } from './copying.js';
import { isObject } from '../kind-of.js';
import { LiveValues } from './live-values.js';
import { isMessageContext } from './message-context.js';

/** What came of copying. */
export type Copied<Value> = { readonly kind: 'copied'; readonly value: Value } | { readonly kind: 'tooLarge' };

/** What came of copying arguments: `live` where one of them is used up by who reads it, or calls back. */
export type CopiedArguments = Copied<unknown[]> | LiveArgument;

/** An argument that lives. */
export interface LiveArgument {
  readonly kind: 'live';
  /** Which of the arguments it is, or is within. */
  readonly index: number;
  readonly value: unknown;
  /** What it is, for people. */
  readonly what: string;
}

/**
 * Copies data, so that what one side does to it can't be seen by the other: what the control does to the arguments, what a
 * candidate does to them, and what the caller does to the value that is still to be compared.
 *
 * Copied, with cycles and prototypes: lists, plain objects, maps, sets, dates, regular expressions, binary data, and instances of
 * classes that hold nothing but such data (a DTO, an entity). Handed on as they are: keys of maps and members of sets, which are
 * found by their identity; frozen objects of primitives; errors, promises, proxies, classes; and instances that hold any of these but
 * errors, or hide state (a connection, a service), because a copy of one would be broken. Of a value, also what lives, such as a stream
 * or a function; arguments in which something lives are not copied, and that is told.
 *
 * What takes longer than the budget is not copied, and that is told; the budget is exceeded by one step at the most, which is long only
 * for a record of more than some thousand properties: JavaScript has nothing that lists some of them. Runs no code of the values': no
 * accessor, no constructor, no proxy trap. Never throws.
 */
export class Copier {
  private readonly classes: Classes = { live: new LiveValues(), hiding: new WeakMap() };

  /** Copies the value of a call. */
  copy<Value>(value: Value, budget: CopyBudget): Copied<Value> {
    if (!isObject(value)) return { kind: 'copied', value };
    // A copy has its original's type. A value may live.
    return this.within(budget, 'value', (copying) => copying.copy(value) as Value) as Copied<Value>;
  }

  /** Copies the arguments of a call. */
  copyAll(args: readonly unknown[], budget: CopyBudget): CopiedArguments {
    return this.copyEach(args, budget, 'arguments');
  }

  /** Copies arguments that were made for candidates: what lives in them is handed on. */
  copyMade(args: readonly unknown[], budget: CopyBudget): Copied<unknown[]> {
    return this.copyEach(args, budget, 'made') as Copied<unknown[]>; // what lives is handed on
  }

  /**
   * Looks at arguments that are to be handed on as they are, without copying: at each, and at what lists, plain objects and instances
   * among them hold directly. Contexts of messages are replaced by inert ones.
   */
  lookAt(args: readonly unknown[]): CopiedArguments {
    const looked: unknown[] = [];
    for (const [index, value] of args.entries()) {
      const isContext = isObject(value) && !types.isProxy(value) && isMessageContext(value);
      const what = isContext ? undefined : this.classes.live.near(value, () => undefined);
      if (what !== undefined) return { kind: 'live', index, value, what };
      looked.push(isContext ? this.inert(value) : value);
    }
    return { kind: 'copied', value: looked };
  }

  /** Copies what was copied before. */
  copyAgain(args: readonly unknown[]): Copied<unknown[]> {
    return this.copyMade(args, new CopyBudget(Infinity));
  }

  private inert(context: object): unknown {
    const copied = this.copyAgain([context]);
    return copied.kind === 'copied' ? copied.value[0] : undefined;
  }

  private copyEach(args: readonly unknown[], budget: CopyBudget, mode: CopyMode): CopiedArguments {
    if (args.every(isPrimitive)) return { kind: 'copied', value: args.slice() };
    let index = 0;
    const copied = this.within(budget, mode, (copying) => {
      const copies: unknown[] = [];
      for (; index < args.length; index += 1) copies.push(copying.copy(args[index]));
      return copies;
    });
    return copied instanceof Live ? { kind: 'live', index, value: copied.value, what: copied.what } : copied;
  }

  private within<Value>(budget: CopyBudget, mode: CopyMode, copy: (copying: Copying) => Value): Copied<Value> | Live {
    const pace = new CopyPace(budget);
    try {
      return { kind: 'copied', value: copy(new Copying(this.classes, pace, mode)) };
    } catch (error) {
      // What else is thrown is a RangeError, of what is nested too deeply.
      return error instanceof Live ? error : { kind: 'tooLarge' };
    } finally {
      pace.end();
    }
  }
}

function isPrimitive(value: unknown): boolean {
  return (typeof value !== 'object' || value === null) && typeof value !== 'function';
}
