import { AsyncLocalStorage } from 'node:async_hooks';
import { types } from 'node:util';
import { EntityManager, Repository, type QueryRunner } from 'typeorm';
import { isObject, ownValue, propertyOf } from '../experiment/kinds.js';

/** Transactions that were begun on the way to here, the latest first. */
interface Opened {
  readonly runner: QueryRunner;
  readonly before: Opened | undefined;
}

/**
 * Knows which transactions are open where a call is made. It sees those that are begun by `startTransaction`, whoever keeps them, and
 * what arguments hold. It is there to see early what need not be begun; what it misses, the guard of query runners refuses.
 */
export class OpenTransactions {
  private readonly opened = new AsyncLocalStorage<Opened>();

  /** Takes that a transaction is begun here. */
  begin(runner: QueryRunner): void {
    const before = active(this.opened.getStore());
    for (let one = before; one !== undefined; one = one.before) if (one.runner === runner) return;
    this.opened.enterWith({ runner, before });
  }

  /** Tells whether one is open, or an argument brings its caller's runner along. */
  isOpen(args: readonly unknown[]): boolean {
    return (
      active(this.opened.getStore()) !== undefined || args.some((arg) => holdsRunner(arg) || valuesOf(arg).some(holdsRunner))
    );
  }
}

/** Those that are still open: what has ended is let go. */
function active(opened: Opened | undefined): Opened | undefined {
  if (opened === undefined) return undefined;
  const before = active(opened.before);
  if (!opened.runner.isTransactionActive) return before;
  return before === opened.before ? opened : { runner: opened.runner, before };
}

/** Whether something is a query runner, or is made from one. */
function holdsRunner(value: unknown): boolean {
  if (!isObject(value) || types.isProxy(value)) return false;
  if (value instanceof EntityManager) return value.queryRunner !== undefined;
  if (value instanceof Repository) return holdsRunner(ownValue(value, 'manager')) || holdsRunner(ownValue(value, 'queryRunner'));
  return 'startTransaction' in value && propertyOf(value, 'isTransactionActive') !== undefined;
}

/** The values of a plain object or a list: what a call gets together is often one argument. */
function valuesOf(value: unknown): unknown[] {
  if (!isObject(value) || types.isProxy(value)) return [];
  if (Array.isArray(value)) return value.length > FEW ? [] : value;
  const keys = Object.getPrototypeOf(value) === Object.prototype ? Object.keys(value) : [];
  return keys.length > FEW ? [] : keys.map((key) => ownValue(value, key));
}

/** In how many values a runner is looked for. */
const FEW = 20;
