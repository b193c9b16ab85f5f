import { AsyncLocalStorage } from 'node:async_hooks';
import type { QueryRunner } from 'typeorm';

/** List of transactions that were begun on the way to the current call, the latest first. */
interface Opened {
  readonly runner: QueryRunner;
  readonly before: Opened | undefined;
}

/**
 * Knowledge of the transactions that are open where a call is made. It covers those begun by `startTransaction`, whoever keeps them. Its
 * purpose is to skip such calls early; the guard of query runners refuses what it misses.
 */
export class OpenTransactions {
  private readonly opened = new AsyncLocalStorage<Opened>();

  /** Notes that a transaction begins here. */
  begin(runner: QueryRunner): void {
    const before = findOpen(this.opened.getStore());
    for (let one = before; one !== undefined; one = one.before) if (one.runner === runner) return;
    this.opened.enterWith({ runner, before });
  }

  /** Tells whether a transaction is open. */
  get isOpen(): boolean {
    return findOpen(this.opened.getStore()) !== undefined;
  }
}

/** Returns the transactions that are still open, without those that have ended. */
function findOpen(opened: Opened | undefined): Opened | undefined {
  if (opened === undefined) return undefined;
  const before = findOpen(opened.before);
  if (!opened.runner.isTransactionActive) return before;
  return before === opened.before ? opened : { runner: opened.runner, before };
}
