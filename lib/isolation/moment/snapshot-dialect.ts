import type { DataSource } from 'typeorm';
import { sendRaw, type DriverConnection } from './driver-connection.js';
import { oneAtATime } from './one-at-a-time.js';

/** Snapshots of one kind of database. */
export interface SnapshotDialect {
  /** Makes a connection that several runners can use. */
  share(connection: DriverConnection): DriverConnection;
  /** Begins a read-only transaction that sees the data of this moment. */
  begin(connection: DriverConnection): Promise<void>;
  /** Tells whether a statement has failed only because one before it in the transaction has. */
  followsFailure(error: unknown): boolean;
}

/** Makes the dialect of a data source; undefined if its database gives no snapshots. */
export function findDialect(source: DataSource): SnapshotDialect | undefined {
  const { type } = source.options;
  if (type === 'postgres') return new PostgresDialect();
  return type === 'mysql' || type === 'mariadb' ? new MysqlDialect() : undefined;
}

class PostgresDialect implements SnapshotDialect {
  share(connection: DriverConnection): DriverConnection {
    return oneAtATime(connection);
  }

  async begin(connection: DriverConnection): Promise<void> {
    // The snapshot is that of the first statement. Both are sent at once.
    await sendRaw(connection, 'START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SELECT 1');
  }

  followsFailure(error: unknown): boolean {
    return readCode(error, 'code') === '25P02';
  }
}

const LEVELS = "SHOW VARIABLES WHERE Variable_name IN ('transaction_isolation', 'tx_isolation')";

class MysqlDialect implements SnapshotDialect {
  /** Tells that transactions of a connection have the level that snapshots need anyway, which saves a statement. */
  private readonly repeatable = new WeakMap<DriverConnection, boolean>();

  /** The driver has a queue of its own. */
  share(connection: DriverConnection): DriverConnection {
    return connection;
  }

  async begin(connection: DriverConnection): Promise<void> {
    const level =
      this.repeatable.get(connection) === true ? [] : [sendRaw(connection, 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')];
    await Promise.all([...level, sendRaw(connection, 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')]);
    if (!this.repeatable.has(connection)) this.repeatable.set(connection, isRepeatable(await sendRaw(connection, LEVELS)));
  }

  followsFailure(): boolean {
    return false;
  }
}

function isRepeatable(rows: unknown): boolean {
  const levels = Array.isArray(rows) ? rows.map((row) => (row as { Value?: unknown }).Value) : []; // as SHOW names it
  return levels.length > 0 && levels.every((level) => level === 'REPEATABLE-READ');
}

function readCode(error: unknown, field: 'code' | 'errno'): unknown {
  const cause = error instanceof Error && 'driverError' in error ? error.driverError : error;
  return (Object(cause) as Record<typeof field, unknown>)[field];
}
