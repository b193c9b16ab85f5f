import { DataSource, type DataSourceOptions } from 'typeorm';
import { onTestFinished } from 'vitest';
import type { StudiesDatabaseOptions } from '../../lib/index.js';
import { databasesFor } from '../contract/databases.js';
import { databaseFile } from './files.js';

/** A place in a database that a test has for itself. */
export interface EmptyDatabase {
  /** Options of `StudiesModule.forRoot({ database })`. */
  readonly options: StudiesDatabaseOptions;
  /** Beginning of the names of tables in it. */
  readonly before: string;
  /** Sends SQL as somebody else. */
  query<Row>(sql: string): Promise<Row[]>;
}

const [, postgres, mariadb] = await databasesFor('own_');

let made = 0;

/** How to get an empty place, by database; those that can't be reached are left out. */
export const EMPTY_DATABASES: Readonly<Record<string, () => Promise<EmptyDatabase>>> = {
  SQLite: emptySqlite,
  ...(postgres?.options !== undefined && { PostgreSQL: () => emptyPostgres() }),
  ...(mariadb?.options !== undefined && { MariaDB: () => emptyMariaDb() }),
};

async function emptySqlite(): Promise<EmptyDatabase> {
  const database = await databaseFile();
  const options = { type: 'better-sqlite3', database } as const;
  return { options, before: '', query: (sql) => queryOnce(options, sql) };
}

/** Makes a schema of a name that nobody else has. It isn't there yet. */
export async function emptyPostgres(port?: number): Promise<EmptyDatabase> {
  const { url = '' } = postgres?.options as { readonly url?: string };
  const schema = uniqueName();
  const query = <Row>(sql: string) => queryOnce<Row>({ type: 'postgres', url }, sql);
  onTestFinished(async () => {
    await query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
  });
  const options = { type: 'postgres', url: atPort(url, port), schema, applicationName: schema } as const;
  return Promise.resolve({ options, before: `${schema}.`, query });
}

async function emptyMariaDb(): Promise<EmptyDatabase> {
  const { url = '' } = mariadb?.options as { readonly url?: string };
  const name = uniqueName();
  const own = new URL(url);
  own.pathname = name;
  const query = <Row>(sql: string) => queryOnce<Row>({ type: 'mariadb', url }, sql);
  await query(`CREATE DATABASE ${name}`);
  onTestFinished(async () => {
    await query(`DROP DATABASE IF EXISTS ${name}`);
  });
  return { options: { type: 'mariadb', url: own.href }, before: `${name}.`, query };
}

function uniqueName(): string {
  made += 1;
  return `own_${process.pid}_${Date.now().toString(36)}_${made}`;
}

function atPort(url: string, port: number | undefined): string {
  const changed = new URL(url);
  if (port !== undefined) changed.port = String(port);
  return changed.href;
}

async function queryOnce<Row>(options: DataSourceOptions, sql: string): Promise<Row[]> {
  const source = await new DataSource(options).initialize();
  try {
    return await source.query<Row[]>(sql);
  } finally {
    await source.destroy();
  }
}
