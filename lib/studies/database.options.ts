import { DataSource, type DataSourceOptions, type Logger } from 'typeorm';
import { z } from 'zod';
import { StudiesError } from '../base/errors.js';
import { OwnDataSource } from '../database/own-data-source.js';
import { check } from '../experiment/validation.js';
import { STUDIES_ENTITIES, STUDIES_MIGRATIONS } from './studies-schema.js';

/** Options that the library sets itself, or that would touch what isn't its own. */
const MANAGED = ['name', 'entities', 'migrations', 'subscribers', 'synchronize', 'dropSchema', 'cache'] as const;

/** Kinds of databases, with the beginnings of their addresses. */
const PROTOCOLS = {
  postgres: ['postgres', 'postgresql'],
  mysql: ['mysql', 'mariadb'],
  mariadb: ['mariadb', 'mysql'],
  'better-sqlite3': undefined,
} as const;

type DatabaseType = keyof typeof PROTOCOLS;

const TYPES = Object.keys(PROTOCOLS) as DatabaseType[]; // it has no other keys

/** Connections that are enough for one process. Each is opened when it is needed. */
const POOL_SIZE = 3;

/** Longest wait for a connection to PostgreSQL, in ms. `pg` has no limit. The drivers of the others have this one. */
const CONNECT_TIMEOUT = 10_000;

/**
 * Omits properties from each member of a union.
 *
 * @publicApi
 */
export type OmitFromEach<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/**
 * Database of the library's own: TypeORM's options for PostgreSQL, MySQL, MariaDB or SQLite (`better-sqlite3`). The library makes its data
 * source from them, creates the tables in it, and closes it with the application. On PostgreSQL, `schema` is `studies` by default, and is
 * created where it is missing. `migrationsRun: false` leaves the tables to `STUDIES_MIGRATIONS`, run elsewhere.
 *
 * @publicApi
 */
export type StudiesDatabaseOptions = OmitFromEach<
  Extract<DataSourceOptions, { readonly type: 'postgres' | 'mysql' | 'mariadb' | 'better-sqlite3' }>,
  'name' | 'entities' | 'migrations' | 'subscribers' | 'synchronize' | 'dropSchema' | 'cache'
>;

const schema = z
  .looseObject({
    type: z.enum(TYPES, `must be one of ${TYPES.map((type) => `"${type}"`).join(', ')}`),
    migrationsRun: z.boolean().optional(),
  })
  .superRefine((given, context) => {
    const refuse = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    for (const key of MANAGED) if (given[key] !== undefined) refuse(key, 'must be left out, because the library sets it itself');
    if (given.type === 'better-sqlite3' && !isName(given['database'])) refuse('database', 'must be the path of a file');
    if ('url' in given) refuseAddress(given.type, given['url'], (message) => refuse('url', message));
  });

function refuseAddress(type: DatabaseType, url: unknown, refuse: (message: string) => void): void {
  const protocols: readonly string[] | undefined = PROTOCOLS[type];
  if (protocols === undefined) {
    refuse('must be left out: the file of a SQLite database is its "database"');
  } else if (!isName(url)) {
    refuse('must be an address. If it comes from the environment, set the variable');
  } else if (!protocols.some((protocol) => url.startsWith(`${protocol}://`))) {
    refuse(`must begin with ${protocols.map((protocol) => `"${protocol}://"`).join(' or ')}`);
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Logger that keeps silent. TypeORM's own prints migrations that fail, whatever it is told; the library reports them itself. */
class SilentLogger implements Logger {
  logQuery(): void {}
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}

/**
 * Makes the data source of the library's own. Nothing is opened yet.
 *
 * @throws StudiesError `INVALID_OPTIONS` when an option is wrong, or the driver is not installed
 */
export function makeDatabase(given: unknown): OwnDataSource {
  const checked = check(schema, given, 'The option "database" of StudiesModule');
  const { migrationsRun = true, ...options } = checked;
  const all = { ...defaultsOf(options), ...options, entities: [...STUDIES_ENTITIES], migrations: [...STUDIES_MIGRATIONS] };
  try {
    return new OwnDataSource(new DataSource(all as DataSourceOptions), migrationsRun); // TypeORM checks the rest
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StudiesError(
      'INVALID_OPTIONS',
      `The option "database" of StudiesModule gives no data source: ${reason}`,
      {},
      { cause },
    );
  }
}

function defaultsOf({
  type,
  logging,
  logger,
}: {
  readonly type: DatabaseType;
  readonly logging?: unknown;
  readonly logger?: unknown;
}): object {
  const isLogged = logging !== undefined || logger !== undefined;
  const shared = { migrationsTableName: 'studies_migrations', ...(!isLogged && { logger: new SilentLogger() }) };
  if (type === 'better-sqlite3') return shared;
  if (type !== 'postgres') return { ...shared, poolSize: POOL_SIZE };
  const own = { schema: 'studies', applicationName: 'nestjs-studies', connectTimeoutMS: CONNECT_TIMEOUT };
  return { ...shared, ...own, poolSize: POOL_SIZE, installExtensions: false };
}
