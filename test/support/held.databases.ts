import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSourceOptions } from 'typeorm';
import { databasesFor } from '../contract/databases.js';

/** A database on which candidates are kept apart, and how its connections are told from each other. */
export interface HeldDatabase {
  readonly name: string;
  readonly options: DataSourceOptions;
  /** Gives the number of the connection that it is sent on; undefined where there is only one. */
  readonly connectionId: string | undefined;
  /** A statement that takes 100 ms. */
  readonly slow: string | undefined;
}

/** PostgreSQL, MariaDB, SQLite in memory, and SQLite in a file, as far as this machine has them. Tables have the names that they are given. */
export async function heldDatabases(): Promise<{ databases: HeldDatabase[]; remove: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-studies-held-'));
  const found = await databasesFor('');
  const asked: Record<string, Pick<HeldDatabase, 'connectionId' | 'slow'>> = {
    PostgreSQL: { connectionId: 'SELECT pg_backend_pid() AS id', slow: 'SELECT 1 AS n FROM pg_sleep(0.1)' },
    MariaDB: { connectionId: 'SELECT CONNECTION_ID() AS id', slow: 'SELECT SLEEP(0.1) AS n' },
    SQLite: { connectionId: undefined, slow: undefined },
  };
  const databases = found.flatMap(({ name, options }) => {
    if (options === undefined) return [];
    return [{ name, options: { ...options, migrations: [], entityPrefix: '' }, ...asked[name] } as HeldDatabase];
  });
  databases.push({
    name: 'SQLite in a file',
    options: { type: 'better-sqlite3', database: join(folder, 'held.sqlite'), entities: [] },
    connectionId: undefined,
    slow: undefined,
  });
  return { databases, remove: () => rm(folder, { recursive: true, force: true }) };
}
