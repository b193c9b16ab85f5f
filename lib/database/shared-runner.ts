import { setTimeout as pause } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';

/**
 * Longest time, in ms, that a statement waits for a transaction of the application to end. After that it is sent as part of it.
 */
const PATIENCE = 1_000;

/** Time between two checks for the end of the transaction, in ms. */
const LOOK = 5;

/** Connection that may know whether a transaction is open. */
interface Connection {
  /** `better-sqlite3` also knows of transactions that were begun by SQL. */
  readonly inTransaction?: boolean;
}

/**
 * Wraps TypeORM's SQLite query runner, which the whole application shares, for the library. Statements wait until no
 * transaction is open, so that none is rolled back with it. The runner is never released, and uses its own broadcaster.
 */
export function wrapRunner(runner: QueryRunner, connection: Connection | undefined, broadcaster: object): QueryRunner {
  const view = Object.create(runner, {
    broadcaster: { value: broadcaster },
    release: { value: () => Promise.resolve() },
    query: {
      value: async (...statement: Parameters<QueryRunner['query']>): Promise<unknown> => {
        const end = performance.now() + PATIENCE;
        while (isInTransaction() && performance.now() < end) await pause(LOOK);
        return runner.query.apply(view, statement);
      },
    },
  }) as QueryRunner;
  const isInTransaction = () => runner.isTransactionActive || connection?.inTransaction === true;
  return view;
}
