import type { DataSource } from 'typeorm';
import { firstWords, followingWords } from './first-words.js';
import { sendRaw, type DriverConnection } from './driver-connection.js';
import { oneAtATime } from './one-at-a-time.js';

/** Kind of a candidate's statement: it reads; it only begins or ends a transaction; or it must not be sent. */
export type StatementKind = 'read' | 'transaction' | 'write';

/** Snapshots of one kind of database. */
export interface SnapshotDialect {
  /** Makes a connection that several runners can use. */
  share(connection: DriverConnection): DriverConnection;
  /** Begins a read-only transaction that sees the data of this moment. */
  begin(connection: DriverConnection): Promise<void>;
  classify(statement: string): StatementKind;
  /** Tells whether the database has refused a statement because the transaction is read-only. */
  isRefusal(error: unknown): boolean;
  /** Tells whether a statement has failed only because one before it in the transaction has. */
  followsFailure(error: unknown): boolean;
}

/** Makes the dialect of a data source; undefined if its database gives no snapshots. */
export function findDialect(source: DataSource): SnapshotDialect | undefined {
  const { type } = source.options;
  if (type === 'postgres') return new PostgresDialect();
  return type === 'mysql' || type === 'mariadb' ? new MysqlDialect(source.options.multipleStatements === true) : undefined;
}

/** Statements that begin or end transactions. Within a snapshot they change nothing that a reader could see. */
const TRANSACTION =
  /^(?:begin|commit|end|abort|rollback|savepoint|release|start transaction|set (?:session |local )?transaction)\b/;

/** Statements that end a transaction. One that is sent behind another would let what follows write. */
const ENDS = /^(?:commit|end|abort|rollback(?! (?:work |transaction )?to\b)|prepare transaction)\b/;
const MAY_END = /;[^]*?\b(?:commit|end|abort|rollback|prepare)\b/i;

class PostgresDialect implements SnapshotDialect {
  share(connection: DriverConnection): DriverConnection {
    return oneAtATime(connection);
  }

  async begin(connection: DriverConnection): Promise<void> {
    // The snapshot is that of the first statement. Both are sent at once.
    await sendRaw(connection, 'START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SELECT 1');
  }

  /** Leaves it to the database to refuse what writes. */
  classify(statement: string): StatementKind {
    const words = firstWords(statement);
    if (TRANSACTION.test(words)) return 'transaction';
    if (words.startsWith('prepare transaction')) return 'write';
    return MAY_END.test(statement) && followingWords(statement).some((following) => ENDS.test(following)) ? 'write' : 'read';
  }

  isRefusal(error: unknown): boolean {
    return readCode(error, 'code') === '25006';
  }

  followsFailure(error: unknown): boolean {
    return readCode(error, 'code') === '25P02';
  }
}

/** Statements that only read. MySQL and MariaDB end a read-only transaction with many of the others, rather than to refuse them. */
const READS = /^(?:select|with|show|explain|describe|desc|table|values|set|use)\b/;

/** Reads that lock rows, which others would wait for, and that don't see the snapshot. */
const LOCKS = /\bfor\s+(?:update|share)\b|\block\s+in\s+share\s+mode\b/i;

const LEVELS = "SHOW VARIABLES WHERE Variable_name IN ('transaction_isolation', 'tx_isolation')";

class MysqlDialect implements SnapshotDialect {
  /** Tells that transactions of a connection have the level that snapshots need anyway, which saves a statement. */
  private readonly repeatable = new WeakMap<DriverConnection, boolean>();

  /** @param takesSeveral whether a text can hold several statements */
  constructor(private readonly takesSeveral: boolean) {}

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

  classify(statement: string): StatementKind {
    const words = firstWords(statement);
    if (TRANSACTION.test(words) || words.startsWith('set autocommit')) return 'transaction';
    const all = this.takesSeveral ? [words, ...followingWords(statement)] : [words];
    return all.every((one) => READS.test(one)) && !LOCKS.test(statement) ? 'read' : 'write';
  }

  isRefusal(error: unknown): boolean {
    return readCode(error, 'errno') === 1792;
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
