import { AsyncLocalStorage } from 'node:async_hooks';
import { Inject, Injectable } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { ClsPluginTransactional, TransactionHost } from '@nestjs-cls/transactional';
import { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import { ClsModule } from 'nestjs-cls';
import { DataSource, type DataSourceOptions, type EntityManager, type Logger, type QueryRunner } from 'typeorm';
import {
  addTransactionalDataSource,
  deleteDataSourceByName,
  initializeTransactionalContext,
  runInTransaction,
  StorageDriver,
} from 'typeorm-transactional';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Experiment, ExperimentService, STUDIES_MIGRATIONS } from '../../lib/index.js';
import { databasesFor, emptied, removed } from '../contract/databases.js';
import { anApp, type RunningApp } from '../support/app.js';
import { pause } from '../support/failing.js';

const PREFIX = 'owntx_';
const { options } = (await databasesFor(PREFIX)).find(({ name }) => name === 'PostgreSQL') ?? {};

initializeTransactionalContext({ storageDriver: StorageDriver.ASYNC_LOCAL_STORAGE });

/** How an application keeps the transaction of a call. */
abstract class Transactions {
  /** The manager that belongs to the call. */
  abstract manager(): EntityManager;
  abstract run<Value>(work: () => Promise<Value>): Promise<Value>;
}

/** One statement of the library, and how it was sent. */
interface Sent {
  readonly query: string;
  readonly wasInTransaction: boolean;
}

/** Is told each statement, and keeps those that name a table of the library. */
class Statements implements Logger {
  readonly sent: Sent[] = [];

  logQuery(query: string, _parameters?: unknown[], runner?: QueryRunner): void {
    if (query.includes('studies_')) this.sent.push({ query, wasInTransaction: runner?.isTransactionActive ?? true });
  }
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}

class Undone extends Error {}

/** The transaction ids of all callers. */
const callers = new Set<string>();

@Injectable()
class Orders {
  constructor(
    @Inject(Transactions) private readonly transactions: Transactions,
    @Inject(ExperimentService) private readonly experiments: ExperimentService,
  ) {}

  @Experiment({ name: 'price', candidate: 'newPrice', percentEnabled: 100 })
  price(): Promise<unknown> {
    return this.transactions.manager().query('SELECT 42 AS price');
  }

  newPrice(): Promise<unknown> {
    return this.transactions.manager().query('SELECT 42 AS price');
  }

  /** Places an order, with an experiment that is known and one that is new. */
  place(id: number, fate: 'commits' | 'rolls back' | 'fails'): Promise<void> {
    return this.transactions.run(async () => {
      const manager = this.transactions.manager();
      const [{ xid } = { xid: '' }] = await manager.query<{ xid: string }[]>('SELECT pg_current_xact_id()::text AS xid');
      callers.add(xid);
      await manager.query(`INSERT INTO ${PREFIX}orders(id) VALUES (${id})`);
      await this.price();
      this.experiments.run({ name: `new ${id}`, percentEnabled: 100, control: () => id, candidate: () => id });
      // Timers that the calls have armed are due before the transaction ends.
      await manager.query('SELECT pg_sleep(0.03)');
      if (fate === 'rolls back') throw new Undone();
      if (fate === 'fails') await manager.query('SELECT no_such_column');
    });
  }
}

/** Transactions by libraries, and by hand. */
const KINDS: Record<string, () => { transactions: object; imports: never[] }> = {
  'typeorm-transactional': () => ({
    transactions: {
      provide: Transactions,
      inject: [getDataSourceToken()],
      useFactory: (source: DataSource): Transactions => ({
        manager: () => source.manager,
        run: (work) => runInTransaction(work),
      }),
    },
    imports: [],
  }),
  '@nestjs-cls/transactional': () => ({
    transactions: {
      provide: Transactions,
      inject: [TransactionHost],
      useFactory: (host: TransactionHost<TransactionalAdapterTypeOrm>): Transactions => ({
        manager: () => host.tx,
        run: (work) => host.withTransaction(work),
      }),
    },
    imports: [
      ClsModule.forRoot({
        plugins: [
          new ClsPluginTransactional({
            imports: [TypeOrmModule.forFeature([])],
            adapter: new TransactionalAdapterTypeOrm({ dataSourceToken: getDataSourceToken() }),
          }),
        ],
      }) as never,
    ],
  }),
  'a data source that joins by hand': () => {
    const store = new AsyncLocalStorage<EntityManager>();
    return {
      transactions: {
        provide: Transactions,
        inject: [getDataSourceToken()],
        useFactory: (at: DataSource): Transactions => {
          const { manager } = at;
          const create = at.createQueryRunner.bind(at);
          Object.defineProperty(at, 'manager', { get: () => store.getStore() ?? manager });
          at.createQueryRunner = (mode) => store.getStore()?.queryRunner ?? create(mode);
          return {
            manager: () => store.getStore() ?? manager,
            run: (work) => manager.transaction((transaction) => store.run(transaction, work)),
          };
        },
      },
      imports: [],
    };
  },
};

describe.runIf(options !== undefined).each(Object.entries(KINDS))('callers in transactions of %s', (_, kind) => {
  const given = options as DataSourceOptions; // runIf has looked
  let other: DataSource;
  let app: RunningApp;
  let statements: Statements;

  beforeEach(async () => {
    callers.clear();
    other = await emptied(given);
    await other.query(`DROP TABLE IF EXISTS ${PREFIX}orders`);
    await other.query(`CREATE TABLE ${PREFIX}orders(id int primary key)`);
    await other.runMigrations();
    statements = new Statements();
    const { transactions, imports } = kind();
    app = await anApp()
      .databases(
        TypeOrmModule.forRootAsync({
          useFactory: () => ({
            ...given,
            entities: [],
            autoLoadEntities: true,
            migrations: [...STUDIES_MIGRATIONS],
            logging: ['query'],
            logger: statements,
            retryAttempts: 0,
          }),
          dataSourceFactory: async (made) => {
            if (made === undefined) throw new Error('There are no options.');
            // Of an application that is closed by now.
            deleteDataSourceByName('default');
            return addTransactionalDataSource(new DataSource(made)).initialize();
          },
        }),
        ...imports,
      )
      .studies({ refreshInterval: 20, flushInterval: 20 })
      .providers(transactions as never, Orders)
      .start();
    statements.sent.length = 0;
  });
  afterEach(async () => {
    await app.close();
    await other.query(`DROP TABLE IF EXISTS ${PREFIX}orders`);
    await removed(other);
  });

  const place = (id: number, fate: 'commits' | 'rolls back' | 'fails' = 'commits') => app.provider(Orders).place(id, fate);
  const orders = async () => {
    const rows = await other.query<{ id: number }[]>(`SELECT id FROM ${PREFIX}orders ORDER BY id`);
    return rows.map(({ id }) => id);
  };
  /** The ids of the transactions that have written what is in the tables of the library. */
  const writers = async () => {
    const found = new Set<string>();
    for (const table of ['experiment', 'tally', 'sample', 'epoch', 'writer', 'change']) {
      const rows = await other.query<{ xmin: string }[]>(`SELECT xmin::text FROM ${PREFIX}studies_${table}`);
      for (const { xmin } of rows) found.add(xmin);
    }
    return found;
  };

  it('share none with the library, whatever becomes of them, and lose none of its counts', async () => {
    const fates = ['commits', 'rolls back', 'fails'] as const;
    const placed = await Promise.allSettled(Array.from({ length: 18 }, (_, id) => place(id, fates[id % 3])));
    expect(placed.map(({ status }) => status)).toEqual(placed.map((_, id) => (id % 3 === 0 ? 'fulfilled' : 'rejected')));
    for (let call = 0; call < 20; call += 1) await app.provider(Orders).price();
    await app.experiments.update('price', { subjects: ['ann'] });
    await app.whenIdle();

    expect(await orders()).toEqual([0, 3, 6, 9, 12, 15]);
    expect(callers.size).toBe(18);
    expect([...(await writers())].filter((xid) => callers.has(xid))).toEqual([]);
    expect(statements.sent.length).toBeGreaterThan(20);
    expect(statements.sent.filter(({ wasInTransaction }) => wasInTransaction)).toEqual([]);
    const { runs, skipped } = await app.experiments.summary('price');
    expect(runs + Object.values(skipped).reduce((sum, count) => sum + count, 0)).toBe(38);
    await vi.waitFor(async () => expect((await app.experiments.findAll({ search: 'new' })).items).toHaveLength(18));
    expect(app.failures).toMatchObject([{ error: { code: 'CALLERS_TRANSACTION' } }]);
  });

  it('are answered while the tables of the library are locked', async () => {
    const runner = other.createQueryRunner();
    await runner.startTransaction();
    for (const table of ['experiment', 'tally', 'sample', 'epoch', 'writer', 'change']) {
      await runner.query(`LOCK TABLE ${PREFIX}studies_${table} IN ACCESS EXCLUSIVE MODE`);
    }
    // They would wait for the lock, which is given back when they are there.
    await Promise.all([place(1), place(2), place(3)]);
    await runner.rollbackTransaction();
    await runner.release();
    expect(await orders()).toEqual([1, 2, 3]);
  });

  it('commit while nothing of the library can be written', async () => {
    for (const table of ['experiment', 'tally', 'sample', 'epoch', 'writer']) {
      await other.query(`ALTER TABLE ${PREFIX}studies_${table} ADD CONSTRAINT ${PREFIX}never_${table} CHECK (false) NOT VALID`);
    }
    await Promise.all([place(1), place(2)]);
    await pause(100);
    await Promise.all([place(3), place(4)]);
    expect(await orders()).toEqual([1, 2, 3, 4]);
    expect(app.failures.length).toBeGreaterThan(0);
    for (const table of ['experiment', 'tally', 'sample', 'epoch', 'writer']) {
      await other.query(`ALTER TABLE ${PREFIX}studies_${table} DROP CONSTRAINT ${PREFIX}never_${table}`);
    }
  });

  it('change an experiment for good, also where they are undone', async () => {
    const undone = app.provider(Transactions).run(async () => {
      await app.experiments.disable('price');
      throw new Undone();
    });
    await expect(undone).rejects.toThrow(Undone);
    expect(await app.experiments.find('price')).toMatchObject({ percentEnabled: 0, version: 2 });
    expect((await app.experiments.history('price')).items).toHaveLength(1);
  });
});
