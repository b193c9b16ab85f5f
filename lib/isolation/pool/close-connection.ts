import type { QueryRunner } from 'typeorm';

/** Members of query runners that are not in their interface, or not the same in all drivers. */
export interface AnyRunner extends QueryRunner {
  isReleased: boolean;
  isTransactionActive: boolean;
  transactionDepth?: number;
  databaseConnection?: { destroy?(): void };
  releasePostgresConnection?(error: Error): Promise<void>;
  releaseConnection?(error: Error): Promise<void>;
}

/**
 * Closes a runner's connection instead of returning it to its pool. Drivers that can't close a single one roll its transaction back.
 *
 * @param release releases the runner as its driver does
 * @param reason error that the pool gets
 */
export async function closeConnection(runner: AnyRunner, release: () => Promise<void>, reason: Error): Promise<void> {
  if (runner.releasePostgresConnection !== undefined) await runner.releasePostgresConnection(reason);
  else if (runner.releaseConnection !== undefined) await runner.releaseConnection(reason);
  else if (typeof runner.databaseConnection?.destroy === 'function') {
    runner.databaseConnection.destroy();
    runner.isReleased = true;
  } else {
    if (runner.isTransactionActive) {
      runner.transactionDepth = 1; // all savepoints at once
      await runner.rollbackTransaction().catch(() => undefined);
    }
    await release();
  }
}
