import { DataSource, type DataSourceOptions } from 'typeorm';
import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryRecordStorage } from '../../lib/recording/storage/memory/memory-record.storage.js';
import { TypeOrmRecordStorage } from '../../lib/recording/storage/typeorm/typeorm-record.storage.js';
import { MemoryHistoryStorage } from '../../lib/operations/history/history.storage.js';
import { TypeOrmHistoryStorage } from '../../lib/operations/history/typeorm-history.storage.js';
import { MemoryStorage } from '../../lib/storage/memory.storage.js';
import { OwnDatabase } from '../../lib/database/own-database.js';
import { TypeOrmStorage } from '../../lib/storage/typeorm.storage.js';
import { databasesFor } from './databases.js';
import { lifeIn, type Storages } from './life.js';
import { NAMING } from './naming.js';

const databases = await databasesFor('settings_');

/** What TypeORM lets an application set for any database, as far as it could change what is sent or what comes back. */
const ANYWHERE: Record<string, object> = {
  'nothing else': {},
  'a cache for all queries': { cache: { alwaysEnabled: true, duration: 3_600_000, tableName: 'settings_cache' } },
  'strict conditions': { isolateWhereStatements: true, invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' } },
  'entities without their constructors': { entitySkipConstructor: true, relationLoadStrategy: 'query' },
  'a limit for slow queries': { maxQueryExecutionTime: 1, logger: { ...silentLogger() }, logging: 'all' },
  'no entity prefix': { entityPrefix: '' },
};

/** What an application has its driver make of types of PostgreSQL; of all others, text. */
const parsers: Record<number, (text: string) => unknown> = { 20: BigInt, 23: BigInt, 1700: Number };

/** What the drivers let one set. */
const OF_DATABASE: Record<string, Record<string, object>> = {
  SQLite: {
    'integers as BigInt': {
      prepareDatabase: (database: { defaultSafeIntegers(isSafe: boolean): void }) => database.defaultSafeIntegers(true),
    },
    'no cache of statements': { statementCacheSize: 0 },
  },
  PostgreSQL: {
    'large integers as numbers': { parseInt8: true },
    'integers as BigInt, decimals as numbers': {
      extra: { types: { getTypeParser: (oid: number) => parsers[oid] ?? String } },
    },
    'all as text': { extra: { types: { getTypeParser: () => String } } },
    'one connection': { poolSize: 1, applicationName: 'settings', connectTimeoutMS: 5_000 },
    'other sessions': {
      useUTC: true,
      installExtensions: false,
      isolationLevel: 'SERIALIZABLE',
      extra: { options: '-c timezone=Pacific/Kiritimati -c datestyle=SQL,DMY -c default_transaction_isolation=serializable' },
    },
  },
  MariaDB: {
    'large numbers as text': { supportBigNumbers: true, bigNumberStrings: true },
    'large numbers as numbers': { supportBigNumbers: false, bigNumberStrings: false, extra: { decimalNumbers: true } },
    'dates as text': { dateStrings: true, timezone: 'Z', extra: { decimalNumbers: true } },
    'another zone and many statements': { timezone: '+13:00', multipleStatements: true, charset: 'utf8mb4_unicode_ci' },
    'rows that were changed counted, not those that were found': { flags: ['-FOUND_ROWS'] },
    'types of its own': {
      extra: {
        typeCast: (field: { type: string; string(): string | null }, next: () => unknown) => {
          if (field.type !== 'LONGLONG' && field.type !== 'LONG') return next();
          const text = field.string();
          return text === null ? null : BigInt(text);
        },
      },
    },
    'named placeholders': { extra: { namedPlaceholders: true } },
    'one connection': { poolSize: 1 },
  },
};

let expected: Record<string, unknown>;
beforeAll(async () => {
  expected = await lifeIn({
    experiments: new MemoryStorage(),
    records: new MemoryRecordStorage(),
    history: new MemoryHistoryStorage(),
  });
});

for (const { name, options } of databases) {
  describe.runIf(options !== undefined)(`the storages on ${name}`, () => {
    const given = options as DataSourceOptions; // runIf has looked
    const settings = { ...ANYWHERE, ...OF_DATABASE[name] };

    it.each(Object.entries(settings))('give the same with %s', async (_, set) => {
      await withSource({ ...given, ...set, migrationsRun: true }, async (source) => {
        expect(await lifeIn(storagesOf(source))).toEqual(expected);
      });
    });

    it.each(Object.entries(NAMING))('give the same where tables are migrated, and names are %s', async (_, namingStrategy) => {
      await withSource({ ...given, namingStrategy, migrationsRun: true }, async (source) => {
        expect(await lifeIn(storagesOf(source))).toEqual(expected);
        const { upQueries } = await source.driver.createSchemaBuilder().log();
        expect(upQueries.map(({ query }) => query)).toEqual([]);
      });
    });

    it.each(Object.entries(NAMING))(
      'give the same where tables are synchronised, and names are %s',
      async (_, namingStrategy) => {
        await withSource({ ...given, namingStrategy, synchronize: true }, async (source) => {
          expect(await lifeIn(storagesOf(source))).toEqual(expected);
        });
      },
    );

    it.each(Object.entries(NAMING))(
      'are migrated the same by a data source that knows no entities, where names are %s',
      async (_, namingStrategy) => {
        await withSource({ ...given, namingStrategy }, async (source) => {
          const migrating =
            name === 'SQLite' ? source : await new DataSource({ ...given, namingStrategy, entities: [] }).initialize();
          try {
            const known = migrating.entityMetadatas.splice(0);
            await migrating.runMigrations();
            migrating.entityMetadatas.push(...known);
          } finally {
            if (migrating !== source) await migrating.destroy();
          }
          const { upQueries } = await source.driver.createSchemaBuilder().log();
          expect(upQueries.map(({ query }) => query)).toEqual([]);
          await source.undoLastMigration();
          await expect(new TypeOrmStorage(new OwnDatabase(source)).load()).rejects.toThrow();
        });
      },
    );
  });
}

function storagesOf(source: DataSource): Storages {
  const database = new OwnDatabase(source);
  return {
    experiments: new TypeOrmStorage(database),
    records: new TypeOrmRecordStorage(database),
    history: new TypeOrmHistoryStorage(database),
  };
}

/** Works with a data source whose tables are not there before, nor afterwards. */
async function withSource(options: DataSourceOptions, work: (source: DataSource) => Promise<void>): Promise<void> {
  const { migrationsRun = false, synchronize = false, ...rest } = options;
  const source = await new DataSource(rest).initialize(); // without two of its options
  const clear = async () => {
    const quoted = (path: string) =>
      path
        .split('.')
        .map((part) => source.driver.escape(part))
        .join('.');
    const tables = source.entityMetadatas.map(({ tablePath }) => tablePath);
    for (const table of [...tables, 'settings_cache', rest.migrationsTableName ?? 'migrations']) {
      await source.query(`DROP TABLE IF EXISTS ${quoted(table)}`);
    }
  };
  try {
    await clear();
    await source.queryResultCache?.synchronize();
    if (migrationsRun) await source.runMigrations();
    if (synchronize) await source.synchronize();
    await work(source);
    await clear();
  } finally {
    await source.destroy();
  }
}

/** A logger that is told everything, and keeps nothing. */
function silentLogger() {
  const nothing = () => undefined;
  return {
    logQuery: nothing,
    logQueryError: nothing,
    logQuerySlow: nothing,
    logSchemaBuild: nothing,
    logMigration: nothing,
    log: nothing,
  };
}
