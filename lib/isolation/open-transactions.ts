import { AsyncLocalStorage } from 'node:async_hooks';
import type { QueryRunner } from 'typeorm';

/** Transactions that were begun on the way to here, the latest first. */
interface Opened {
  readonly runner: QueryRunner;
  readonly before: Opened | undefined;
}

/**
 * Knows which transactions are open where a call is made. It sees those that are begun by `startTransaction`, whoever keeps them. It is
 * there to see early what need not be begun; what it misses, the guard of query runners refuses.
 */
export class OpenTransactions {
  private readonly opened = new AsyncLocalStorage<Opened>();

  /** Takes that a transaction is begun here. */
  begin(runner: QueryRunner): void {
    const before = active(this.opened.getStore());
    for (let one = before; one !== undefined; one = one.before) if (one.runner === runner) return;
    this.opened.enterWith({ runner, before });
  }

  /** Whether one is open. */
  get isOpen(): boolean {
    return active(this.opened.getStore()) !== undefined;
  }
}

/** Those that are still open: what has ended is let go. */
function active(opened: Opened | undefined): Opened | undefined {
  if (opened === undefined) return undefined;
  const before = active(opened.before);
  if (!opened.runner.isTransactionActive) return before;
  return before === opened.before ? opened : { runner: opened.runner, before };
}
