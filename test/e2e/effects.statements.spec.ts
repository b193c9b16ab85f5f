import { TypeOrmModule } from '@nestjs/typeorm';
import { Column, DataSource, DeleteDateColumn, Entity, PrimaryColumn, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EffectRefusedError } from 'nestjs-studies';
import { anApp, type RunningApp } from '../support/app.js';
import { heldDatabases, type HeldDatabase } from '../support/held.databases.js';
import { READING, SCHEMA } from '../support/statements/reading.js';
import { WRITING } from '../support/statements/writing.js';

@Entity('users')
class User {
  @PrimaryColumn({ type: 'int' }) id!: number;
  @Column({ type: 'varchar', length: 100, nullable: true }) name!: string | null;
  @DeleteDateColumn({ name: 'deleted_at', type: String, nullable: true, select: false }) deletedAt?: string;
}

const { databases, remove } = await heldDatabases();
const NAME = 'studies_effects';

/** Routines that write, as each database has them. */
const ROUTINES: Record<string, readonly string[]> = {
  PostgreSQL: [
    `CREATE FUNCTION rename_all() RETURNS int LANGUAGE sql AS $$ UPDATE users SET name = 'routine' RETURNING id $$`,
    `CREATE FUNCTION leave() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
      PERFORM set_config('transaction_read_only', 'off', true); UPDATE users SET name = 'left'; RETURN 1; END $$`,
    'CREATE SEQUENCE order_ids',
  ],
  MariaDB: [
    `CREATE FUNCTION rename_all() RETURNS int MODIFIES SQL DATA BEGIN UPDATE users SET name = 'routine'; RETURN 1; END`,
    'CREATE SEQUENCE order_ids',
  ],
};

const kindOf = ({ name }: HeldDatabase) => (name === 'PostgreSQL' ? 'postgres' : name === 'MariaDB' ? 'mysql' : 'sqlite');
const isServer = (database: HeldDatabase) => kindOf(database) !== 'sqlite';

/** Options of a database of this file's own. */
function own(options: DataSourceOptions): DataSourceOptions {
  if (!('url' in options) || typeof options.url !== 'string') return options;
  return { ...options, url: options.url.replace(/\/[^/]*$/, `/${NAME}`) };
}

async function onServer(database: HeldDatabase, ...statements: string[]): Promise<void> {
  if (!isServer(database)) return;
  const source = await new DataSource({ ...database.options, entities: [] }).initialize();
  for (const statement of statements) await source.query(statement);
  await source.destroy();
}

/** Sends a statement on the driver's connection, past the runner. */
async function sendTaken(runner: QueryRunner, statement: string): Promise<unknown> {
  const connection = (await runner.connect()) as { query(text: string, done: (error: unknown) => void): void };
  return new Promise((resolve, reject) => {
    connection.query(statement, (error) => (error ? reject(error) : resolve(1)));
  });
}

afterAll(remove);

describe.each(databases)('on $name, the statements of a candidate', (database) => {
  let app: RunningApp;
  let source: DataSource;
  let isKnown: Set<string>;

  beforeEach(async () => {
    await onServer(database, `DROP DATABASE IF EXISTS ${NAME}`, `CREATE DATABASE ${NAME}`);
    app = await anApp()
      .testing({ defaults: { record: true, compare: () => true } })
      .databases(TypeOrmModule.forRoot({ ...own(database.options), entities: [User] }))
      .start();
    source = app.dataSource();
    isKnown = new Set();
    const routines = ROUTINES[database.name] ?? [];
    if (!isServer(database)) await source.dropDatabase();
    for (const statement of [...SCHEMA, ...routines]) await source.query(statement);
    await source.query(`INSERT INTO users (id, name) VALUES (1, 'one'), (2, 'two')`);
  });

  afterEach(async () => {
    await app.close();
    await onServer(database, `DROP DATABASE ${NAME}`);
  });

  /** Returns the skips of an experiment, and the number of its runs. */
  async function counted(name: string) {
    const { skipped } = await app.experiments.summary(name);
    return { skipped: skipped as Readonly<Record<string, number>>, runs: app.results.runs(name) };
  }

  /** Runs a candidate, and returns what it gave or threw, with the run's skips and whether it counted. */
  async function run(candidate: () => Promise<unknown>, options: { writes?: 'refuse' | 'allow' } = {}) {
    // Of many new experiments, the storage hears a moment later.
    const name = options.writes ?? 'refuse';
    const before = isKnown.has(name) ? await counted(name) : { skipped: {}, runs: 0 };
    isKnown.add(name);
    let given: unknown;
    await app.experiments.run({
      name,
      control: async (): Promise<unknown> => 1,
      candidate: () =>
        candidate().then(
          (value) => (given = value),
          (error: unknown) => (given = error),
        ),
      ...options,
    });
    await app.whenIdle();
    const after = await counted(name);
    const added = Object.entries(after.skipped).map(
      ([reason, count]) => [reason, count - (before.skipped[reason] ?? 0)] as const,
    );
    return { given, skipped: Object.fromEntries(added.filter(([, count]) => count > 0)), refused: after.runs === before.runs };
  }

  const users = () => source.query('SELECT id, name FROM users ORDER BY id');
  const UNTOUCHED = [
    { id: 1, name: 'one' },
    { id: 2, name: 'two' },
  ];

  /** Whatever else statements could leave behind. */
  async function remains(): Promise<unknown[]> {
    const queries = {
      postgres: [
        `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1`,
        `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory'`,
        'SELECT last_value::int, is_called FROM order_ids',
      ],
      mysql: [
        `SELECT table_name AS t FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1`,
        `SELECT IS_USED_LOCK('a') AS used`,
        'SELECT next_not_cached_value AS n FROM order_ids',
        `SELECT @@global.max_connections AS n`,
      ],
      sqlite: ['SELECT name FROM sqlite_master ORDER BY 1', 'PRAGMA user_version', 'PRAGMA foreign_keys'],
    }[kindOf(database)];
    return Promise.all(queries.map((one) => source.query(one)));
  }

  it('are sent if they only read, whatever they say', async () => {
    const refused: [string, string][] = [];
    const failed: [string, string][] = [];
    // SQLite can't begin transactions beside the application.
    const statements = READING[kindOf(database)].filter((one) => isServer(database) || !/^(?:begin|commit)/i.test(one));
    const { skipped } = await run(async () => {
      const runner = source.createQueryRunner();
      for (const statement of statements) {
        await runner.query(statement).catch((error: unknown) => {
          (error instanceof EffectRefusedError ? refused : failed).push([statement, String(error)]);
        });
      }
      await runner.release();
    });
    expect(refused, JSON.stringify(refused)).toEqual([]);
    // Drivers of MySQL and SQLite take a single statement at a time; COPY answers in a way that the driver doesn't understand.
    const odd = /;\s*SELECT 2$|^EXPLAIN FOR|ANALYZE|COPY|USE INDEX|FORCE INDEX/;
    const unexpected = failed.filter(([statement]) => !odd.test(statement));
    expect(unexpected, JSON.stringify(unexpected)).toEqual([]);
    expect(skipped).toEqual({});
  });

  it('are refused before they are sent if they write', async () => {
    const before = await remains();
    const sent: unknown[] = [];
    for (const [statement, what] of WRITING[kindOf(database)]) {
      const { given, skipped } = await run(() => source.query(statement));
      if (!(given instanceof EffectRefusedError) || given.effect !== what || skipped['refused'] !== 1)
        sent.push([statement, given, skipped]);
    }
    expect(sent).toEqual([]);
    expect(await users()).toEqual(UNTOUCHED);
    expect(await remains()).toEqual(before);
  });

  const repository = () => source.getRepository(User);
  const onRunner = async (act: (runner: QueryRunner) => Promise<unknown>) => {
    const runner = source.createQueryRunner();
    try {
      return await act(runner);
    } finally {
      await runner.release();
    }
  };
  const ways: Record<string, () => Promise<unknown>> = {
    insert: () => repository().insert({ id: 3 }),
    'save of a new one': () => repository().save({ id: 3, name: 'three' }),
    'save of an old one': () => repository().save({ id: 1, name: 'changed' }),
    'save in chunks': () => repository().save([{ id: 3 }, { id: 4 }], { chunk: 1, transaction: false }),
    update: () => repository().update({ id: 1 }, { name: 'changed' }),
    upsert: () => repository().upsert({ id: 1, name: 'changed' }, ['id']),
    delete: () => repository().delete({ id: 1 }),
    remove: async () => repository().remove(await repository().findOneByOrFail({ id: 1 }), { transaction: false }),
    softDelete: () => repository().softDelete({ id: 1 }),
    restore: () => repository().restore({ id: 1 }),
    increment: () => repository().increment({ id: 1 }, 'id', 1),
    clear: () => repository().clear(),
    'a query builder': () => source.createQueryBuilder().insert().into(User).values({ id: 3 }).execute(),
    'an updating builder': () => source.createQueryBuilder().update(User).set({ name: 'x' }).where('id = 1').execute(),
    'a deleting builder': () => source.createQueryBuilder().delete().from(User).execute(),
    raw: () => source.query(`UPDATE users SET name = 'x'`),
    'raw, on a manager': () => source.manager.query('DELETE FROM users'),
    'raw, on a runner': () => onRunner((runner) => runner.query('DELETE FROM users')),
    'a runner’s method': () => onRunner((runner) => runner.clearTable('users')),
    'a dropped table': () => onRunner((runner) => runner.dropTable('orders')),
    synchronize: () => source.synchronize(true),
    'a transaction': () => source.transaction((manager) => manager.insert(User, { id: 3 })),
    'a transaction that swallows it': () =>
      source.transaction((manager) => manager.insert(User, { id: 3 }).catch(() => undefined)),
    'later, after a timer': () =>
      new Promise((resolve, reject) => setTimeout(() => void repository().insert({ id: 3 }).then(resolve, reject), 5)),
    'in an event': () =>
      new Promise((resolve, reject) => process.nextTick(() => void repository().clear().then(resolve, reject))),
    'beside a read': () => Promise.all([repository().find(), repository().insert({ id: 3 })]),
    ...(isServer(database) && {
      'a lock': () => source.transaction((manager) => manager.find(User, { lock: { mode: 'pessimistic_write' } })),
      'a routine that writes': () => source.query('SELECT rename_all()'),
      'a connection taken from a runner': () => onRunner((runner) => sendTaken(runner, `UPDATE users SET name = 'x'`)),
    }),
    ...(database.name === 'PostgreSQL' && {
      'a routine that leaves read-only': () => source.query('SELECT leave()'),
      'a stream': async () => {
        const stream = await onRunner((runner) => runner.stream('DELETE FROM users RETURNING id'));
        for await (const _ of stream as AsyncIterable<unknown>);
      },
      'the driver’s pool': () =>
        (source.driver as unknown as { master: { query(text: string): Promise<unknown> } }).master.query('DELETE FROM users'),
      'a client of the driver’s pool': async () => {
        const { master } = source.driver as unknown as {
          master: { connect(): Promise<{ query(text: string): Promise<unknown>; release(): void }> };
        };
        const client = await master.connect();
        await client.query('DELETE FROM users').finally(() => client.release());
      },
      'settings in a config object': () =>
        onRunner(async (runner) => {
          const client = (await runner.connect()) as { query(config: object): Promise<unknown> };
          await client.query({ text: 'SET default_transaction_read_only = off' }).catch(() => undefined);
          return client.query({ text: 'DELETE FROM users' });
        }),
    }),
    ...(database.name === 'MariaDB' && {
      'the driver’s pool': () =>
        new Promise((resolve, reject) => {
          const { pool } = source.driver as unknown as { pool: { query(text: string, done: (error: unknown) => void): void } };
          pool.query('DELETE FROM users', (error) => (error ? reject(error) : resolve(1)));
        }),
      'a prepared statement': () =>
        onRunner(async (runner) => {
          const connection = (await runner.connect()) as { execute(text: string, done: (error: unknown) => void): void };
          return new Promise((resolve, reject) => {
            connection.execute('DELETE FROM users', (error) => (error ? reject(error) : resolve(1)));
          });
        }),
    }),
    ...(!isServer(database) && {
      'the driver’s connection': async () => {
        (source.driver as unknown as { databaseConnection: { exec(text: string): void } }).databaseConnection.exec(
          'DELETE FROM users',
        );
      },
      'a statement of the driver’s connection': async () => {
        const { databaseConnection } = source.driver as unknown as {
          databaseConnection: { prepare(text: string): { run(): void } };
        };
        databaseConnection.prepare('DELETE FROM users').run();
      },
    }),
  };

  it('are refused however they are sent', async () => {
    const before = await remains();
    for (const [way, candidate] of Object.entries(ways)) {
      const { skipped, refused } = await run(candidate);
      const left = [way, await users(), await remains()];
      expect(left, JSON.stringify([left, before])).toEqual([way, UNTOUCHED, before]);
      // On SQLite, what begins a transaction is refused for that.
      const reason: unknown = isServer(database) ? 'refused' : expect.stringMatching(/^(?:refused|noConnection)$/);
      // The database refuses this for another reason, so that it is an error of the candidate's.
      if (way === 'a routine that leaves read-only') continue;
      const told = [way, refused, Object.keys(skipped)];
      expect(told, JSON.stringify(told)).toEqual([way, true, [reason]]);
    }
  });

  /** Statements that leave something on their connection, as each database has them. */
  const leaving = {
    postgres: [
      `SET work_mem = '77MB'`,
      'SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE',
      'BEGIN',
      'BEGIN; COMMIT AND CHAIN',
    ],
    mysql: [
      'SET @left = 1',
      'SELECT @left := 1',
      'SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE',
      'SET autocommit = 0',
      'BEGIN',
    ],
    sqlite: [],
  }[kindOf(database)];

  it.skipIf(leaving.length === 0).each(['refuse', 'allow'] as const)(
    'leave nothing on a connection that the next candidate gets, if writes are to %s',
    async (writes) => {
      const options = { writes };
      const query = kindOf(database) === 'postgres' ? 'SELECT pg_backend_pid() AS id' : 'SELECT CONNECTION_ID() AS id';
      const connection = async () => (await run(() => source.query(query), options)).given;
      expect(await connection()).toEqual(await connection());
      for (const statement of leaving) {
        for (const isTaken of [false, true]) {
          const before = await connection();
          await run(() => onRunner((runner) => (isTaken ? sendTaken(runner, statement) : runner.query(statement))), options);
          expect([statement, isTaken, await connection()]).not.toEqual([statement, isTaken, before]);
        }
      }
    },
  );

  it('are sent, besides those of the control, if they may', async () => {
    const { given, skipped } = await run(() => repository().update({ id: 2 }, { name: 'allowed' }), { writes: 'allow' });
    expect(given).toMatchObject({ affected: 1 });
    expect(skipped).toEqual({});
    expect(await users()).toEqual([UNTOUCHED[0], { id: 2, name: 'allowed' }]);
    await repository().update({ id: 2 }, { name: 'two' });
  });

  it('don’t write when the control is run again, either', async () => {
    let calls = 0;
    const control = async (): Promise<unknown> => {
      await source.query(`INSERT INTO products (id) VALUES (${String((calls += 1))})`);
      return 1;
    };
    await app.experiments.run({ name: 'again', control, candidate: async () => 5, noise: 100, recheck: true });
    await app.whenIdle();
    expect(calls).toBeGreaterThan(1);
    expect(await source.query('SELECT id FROM products')).toEqual([{ id: 1 }]);
  });
});
