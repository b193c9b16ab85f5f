import { setTimeout as pause } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';

/** How long a statement waits for a transaction of the application to end, in ms; then it is sent as part of it. */
const PATIENCE = 1_000;

/** ms between two looks at whether it has. */
const LOOK = 5;

/** What tells whether a transaction is open. */
interface Connection {
  /** That of `better-sqlite3` knows also of those that were begun by SQL. */
  readonly inTransaction?: boolean;
}

/**
 * Makes the library's own view of a query runner that is all of the application's: of one that TypeORM has for SQLite. What is sent on it
 * waits until no transaction is open, so as not to be undone with it; it is never released; and it tells its own broadcaster.
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
