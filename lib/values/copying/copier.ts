import { types } from 'node:util';
import { CopyBudget, CopyPace } from './copy-budget.js';
import { ClassesOfValues, type IsService } from './class-traits.js';
import { Refused, type CopyMode } from './copy-mode.js';
import { Copying } from './copying.js';
import { isObject, prototypeOf } from '../kind-of.js';
import { LiveValues } from './live-values.js';
import { isMessageContext } from './message-context.js';
import type { SharedClasses } from '../shared-classes.js';

/** Result of copying a value. */
export type CopiedValue<Value> =
  | {
      readonly kind: 'copied';
      readonly value: Value;
      /** Tells whether the copy is ordinary data: primitives, plain objects and lists, and nothing else. */
      readonly isPlain: boolean;
    }
  | { readonly kind: 'tooLarge' };

/** Result of copying arguments: `refused` if a candidate must not have one of them, and no copy of it can be made. */
export type CopiedArguments = CopiedValue<unknown[]> | RefusedArgument;

/** Argument that candidates must not have: it holds something that is live, or that can't be copied. */
export interface RefusedArgument {
  readonly kind: 'refused';
  /** Index of the argument. */
  readonly index: number;
  /** Part of the argument for which it is refused. */
  readonly value: unknown;
  /** Kind of that part, for people. */
  readonly what: string;
}

/**
 * Copier of data, which keeps changes by one side from the other: what the control or a candidate does to the arguments, and what the
 * caller does to a value that is still to be compared.
 *
 * Copies, with cycles, prototypes and properties: lists, plain objects, maps and sets with their keys and members, dates, regular
 * expressions, binary data, errors, boxed primitives, `URL`, `URLSearchParams`, `Headers`, `FormData`, also of other realms and of
 * subclasses; instances of classes that hide no state; and lazy relations of TypeORM's entities. Shares what nobody can change (classes,
 * frozen objects of primitives, `Intl`, `Temporal`, `Blob`), services that hold more than data, and instances of classes that the
 * application shares.
 *
 * Anything else (live parts, functions, accessors, promises, proxies, private state) is shared in a value. Arguments that hold any of it are
 * not copied, and the result says so.
 *
 * A value that takes longer than the budget is not copied, and the result says so. The budget is exceeded by one step at most. That step is
 * long only for a record of more than some thousand properties, because JavaScript can't list only some of them. Runs no code of the
 * values': no accessor, no constructor, no proxy trap. Never throws.
 */
export class Copier {
  private readonly live = new LiveValues();
  private readonly classes: ClassesOfValues;

  /** @param isService recognises the application's services. By default, there are none */
  constructor(isService: IsService = () => false) {
    this.classes = new ClassesOfValues(this.live, isService);
  }

  /** Copies the value of a call. */
  copy<Value>(value: Value, budget: CopyBudget, shared?: SharedClasses): CopiedValue<Value> {
    if (!isObject(value)) return { kind: 'copied', value, isPlain: isPrimitive(value) };
    // A copy has its original's type, and in a value nothing is refused.
    return this.copyWithin(budget, 'value', shared, (copying) => copying.copy(value) as Value) as CopiedValue<Value>;
  }

  /** Copies the arguments of a call. */
  copyAll(args: readonly unknown[], budget: CopyBudget, shared?: SharedClasses): CopiedArguments {
    return this.copyEach(args, budget, 'arguments', shared);
  }

  /** Copies arguments that were made for candidates. What can't be copied is shared. */
  copyMade(args: readonly unknown[], budget: CopyBudget, shared?: SharedClasses): CopiedValue<unknown[]> {
    return this.copyEach(args, budget, 'made', shared) as CopiedValue<unknown[]>; // nothing is refused
  }

  /**
   * Checks arguments that candidates get without copies: each argument, and what lists, plain objects and instances among them hold
   * directly. Replaces contexts of messages by inert ones.
   */
  checkAll(args: readonly unknown[], shared?: SharedClasses): CopiedArguments {
    const looked: unknown[] = [];
    for (const [index, value] of args.entries()) {
      const isContext = isObject(value) && !types.isProxy(value) && isMessageContext(value);
      const what = isContext ? undefined : this.live.describeNearest(value, (part) => isShared(part, shared));
      if (what !== undefined) return { kind: 'refused', index, value, what };
      looked.push(isContext ? this.makeInert(value) : value);
    }
    return { kind: 'copied', value: looked, isPlain: false };
  }

  /** Copies arguments that were copied before. */
  copyAgain(args: readonly unknown[], shared?: SharedClasses): CopiedValue<unknown[]> {
    return this.copyMade(args, new CopyBudget(Infinity), shared);
  }

  private makeInert(context: object): unknown {
    const copied = this.copyAgain([context]);
    return copied.kind === 'copied' ? copied.value[0] : undefined;
  }

  private copyEach(
    args: readonly unknown[],
    budget: CopyBudget,
    mode: CopyMode,
    shared: SharedClasses | undefined,
  ): CopiedArguments {
    if (args.every(isPrimitive)) return { kind: 'copied', value: args.slice(), isPlain: true };
    let index = 0;
    const copied = this.copyWithin(budget, mode, shared, (copying) => {
      const copies: unknown[] = [];
      for (; index < args.length; index += 1) copies.push(copying.copy(args[index]));
      return copies;
    });
    return copied instanceof Refused ? { kind: 'refused', index, value: copied.value, what: copied.what } : copied;
  }

  private copyWithin<Value>(
    budget: CopyBudget,
    mode: CopyMode,
    shared: SharedClasses | undefined,
    copy: (copying: Copying) => Value,
  ): CopiedValue<Value> | Refused {
    const pace = new CopyPace(budget);
    try {
      const copying = new Copying(this.classes, pace, mode, shared);
      const value = copy(copying);
      return { kind: 'copied', value, isPlain: copying.isPlain };
    } catch (error) {
      // Anything else is a RangeError, thrown for values that are nested too deeply.
      return error instanceof Refused ? error : { kind: 'tooLarge' };
    } finally {
      pace.end();
    }
  }
}

function isShared(value: object, shared: SharedClasses | undefined): boolean {
  if (shared === undefined || types.isProxy(value)) return false;
  const prototype = prototypeOf(value);
  return prototype !== null && shared.has(prototype);
}

function isPrimitive(value: unknown): boolean {
  return (typeof value !== 'object' || value === null) && typeof value !== 'function';
}
