import { DataSource, type DataSourceOptions } from 'typeorm';
import { STUDIES_ENTITIES, STUDIES_MIGRATIONS } from '../../lib/studies/studies-schema.js';

/** A database that the contract is run on. */
export interface Database {
  readonly name: string;
  /** How to reach it; undefined if this machine has none. */
  readonly options: DataSourceOptions | undefined;
}

/** Where PostgreSQL and MySQL or MariaDB are looked for, unless the environment says otherwise. */
const POSTGRES = process.env['STUDIES_TEST_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/test';
const MYSQL = process.env['STUDIES_TEST_MYSQL'] ?? 'mysql://root@127.0.0.1:3306/test';

/** Whether a database that can't be reached fails the tests, as in CI, instead of being left out. */
export const REQUIRED = process.env['STUDIES_TEST_REQUIRE_DATABASES'] === '1';

/** Tables of a test file have a prefix of their own, so that files can run at the same time. */
export async function databasesFor(prefix: string): Promise<Database[]> {
  const shared = { entities: [...STUDIES_ENTITIES], migrations: [...STUDIES_MIGRATIONS], entityPrefix: prefix };
  const migrationsTableName = `${prefix}migrations`;
  const all: { name: string; options: DataSourceOptions }[] = [
    { name: 'SQLite', options: { type: 'better-sqlite3', database: ':memory:', ...shared } },
    { name: 'PostgreSQL', options: { type: 'postgres', url: POSTGRES, migrationsTableName, ...shared } },
    { name: 'MariaDB', options: { type: 'mariadb', url: MYSQL, migrationsTableName, ...shared } },
  ];
  return Promise.all(all.map(async ({ name, options }) => ({ name, options: await reachable(name, options) })));
}

async function reachable(name: string, options: DataSourceOptions): Promise<DataSourceOptions | undefined> {
  const source = new DataSource({ ...options, entities: [], migrations: [] });
  try {
    await source.initialize();
    await source.destroy();
    return options;
  } catch (error) {
    if (REQUIRED) throw new Error(`${name} is required, and can't be reached.`, { cause: error });
    process.stderr.write(`\nLeft out: the tests on ${name}, which can't be reached (${String(error)}).\n`);
    return undefined;
  }
}

/** Our tables, and the one of migrations. */
const TABLES = [
  'studies_experiment',
  'studies_tally',
  'studies_sample',
  'studies_epoch',
  'studies_writer',
  'studies_change',
  'migrations',
];

/** Begins anew: no table of ours is there. */
export async function emptied(options: DataSourceOptions): Promise<DataSource> {
  const source = await new DataSource(options).initialize();
  for (const table of TABLES) {
    await source.query(`DROP TABLE IF EXISTS ${options.entityPrefix ?? ''}${table}`);
  }
  return source;
}

/** Takes our tables away, and the connection. */
export async function removed(source: DataSource | undefined): Promise<void> {
  if (source?.isInitialized !== true) return;
  for (const table of TABLES) {
    await source.query(`DROP TABLE IF EXISTS ${source.options.entityPrefix ?? ''}${table}`);
  }
  await source.destroy();
}
