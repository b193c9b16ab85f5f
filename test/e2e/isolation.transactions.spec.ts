import { AsyncLocalStorage } from 'node:async_hooks';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Column, Entity, EntityManager, PrimaryColumn, type DataSource, type QueryRunner, type Repository } from 'typeorm';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunMode } from '../../lib/index.js';
import { anApp } from '../support/app.js';
import { heldDatabases, type HeldDatabase } from '../support/held.databases.js';

@Entity('held_note')
class Note {
  @PrimaryColumn({ type: 'int' }) id!: number;
  @Column({ type: 'varchar', length: 50 }) text!: string;
}

const MODES: readonly RunMode[] = ['shadow', 'parallel', 'serial'];

/** Where an application may keep its transaction's manager. */
const storage = new AsyncLocalStorage<EntityManager>();
const elsewhere = AsyncLocalStorage.snapshot();

/** A way on which a call, and so its candidate, comes to what its caller has begun. */
interface Way {
  readonly name: string;
  /** Calls the experiment within the transaction that a manager has begun. */
  call(experiment: (given: unknown) => Promise<unknown>, manager: EntityManager): Promise<unknown>;
  /** Gives the manager, in the control and in the candidate. */
  manager(given: unknown): EntityManager;
}

const held: { manager?: EntityManager } = {};
const asManager = (given: unknown) => given as EntityManager;

const WAYS: readonly Way[] = [
  { name: 'a manager as an argument', call: (experiment, manager) => experiment(manager), manager: asManager },
  {
    name: 'a query runner as an argument',
    call: (experiment, manager) => experiment(manager.queryRunner),
    manager: (given) => (given as QueryRunner).manager,
  },
  {
    name: 'a manager within an argument',
    call: (experiment, manager) => experiment({ manager }),
    manager: (given) => (given as { manager: EntityManager }).manager,
  },
  {
    name: 'a repository as an argument',
    call: (experiment, manager) => experiment(manager.getRepository(Note)),
    manager: (given) => (given as Repository<Note>).manager,
  },
  {
    name: 'a store',
    call: (experiment, manager) => storage.run(manager, () => experiment(undefined)),
    manager: () => storage.getStore() as EntityManager,
  },
  {
    name: 'what the caller keeps',
    call: (experiment, manager) => {
      held.manager = manager;
      return experiment(undefined);
    },
    manager: () => held.manager as EntityManager,
  },
];

/** What a candidate may do with a manager. What it gives is of no interest. */
type Act = (manager: EntityManager, database: HeldDatabase) => Promise<unknown>;

const ACTS: Readonly<Record<string, Act>> = {
  reads: (manager) => manager.find(Note),
  'fails in the database': (manager) => manager.query('SELECT no_such_column FROM held_note'),
  writes: (manager) => manager.getRepository(Note).insert({ id: 900, text: 'candidate' }),
  saves: (manager) => manager.save(Object.assign(new Note(), { id: 901, text: 'candidate' })),
  deletes: (manager) => manager.delete(Note, { text: 'caller' }),
  'commits, rolls back and releases': async (manager) => {
    const runner = manager.queryRunner as QueryRunner;
    for (const end of ['commitTransaction', 'rollbackTransaction', 'release'] as const)
      await runner[end]().catch(() => undefined);
  },
  'begins a transaction within': (manager) => manager.transaction((inner) => inner.insert(Note, { id: 902, text: 'candidate' })),
  'builds queries': (manager) => manager.createQueryBuilder(Note, 'note').setLock('pessimistic_read').getMany(),
  'asks a query builder that is given a runner': (manager) =>
    manager.dataSource
      .createQueryBuilder(Note, 'note')
      .setQueryRunner(manager.queryRunner as QueryRunner)
      .getMany(),
  'changes the runner': async (manager) => manager.queryRunner?.enableSqlMemory(),
  'is slow': (manager, { slow }) => manager.query(slow ?? 'SELECT 1'),
};

const { databases, remove } = await heldDatabases();
afterAll(remove);

describe.each(databases)('on $name, a candidate of a call in its caller’s transaction', (database) => {
  const start = async () => {
    const app = await anApp()
      .testing({ defaults: { record: true, timeout: 500 } })
      .databases(TypeOrmModule.forRoot({ ...database.options, entities: [Note], synchronize: true }))
      .start();
    await app.dataSource().getRepository(Note).clear();
    return app;
  };

  it.each(MODES.flatMap((mode) => (['skip', 'detached'] as const).map((inTransaction) => ({ mode, inTransaction }))))(
    'sends nothing in it, whatever it does, however it got there ($mode, $inTransaction)',
    async ({ mode, inTransaction }) => {
      const app = await start();
      const source = app.dataSource();
      const seen: unknown[] = [];
      for (const [index, [what, act]] of Object.entries(ACTS).entries()) {
        // Each thing on two of the ways; over the modes, on all.
        for (const way of [0, 1].flatMap((next) => WAYS[(index + MODES.indexOf(mode) * 2 + next) % WAYS.length] ?? [])) {
          const candidate = async (given: unknown) => {
            const manager = way.manager(given);
            if (database.connectionId !== undefined) seen.push(await manager.query(database.connectionId));
            return act(manager, database);
          };
          const experiment = app.experiments.wrap({
            name: `${way.name} ${what} ${mode} ${inTransaction}`,
            control: async (given: unknown) => way.manager(given).query<unknown>('SELECT 1 AS n'),
            candidate,
            mode,
            inTransaction,
            writes: 'allow',
          });
          const outcome = await inTransactionOf(source, index % 2 === 0, async (manager) => {
            await manager.insert(Note, { id: 1, text: 'caller' });
            seen.length = 0;
            const mine = database.connectionId === undefined ? undefined : await manager.query<unknown>(database.connectionId);
            await way.call(experiment, manager);
            await manager.update(Note, { id: 1 }, { text: 'caller, to the end' });
            return mine;
          });
          await app.whenIdle();
          const rows = await source.getRepository(Note).find();
          const callers = rows.filter(({ id }) => id < 900);
          expect([way.name, what, callers.map(({ text }) => text)]).toEqual([way.name, what, ['caller, to the end']]);
          if (inTransaction === 'skip') expect([way.name, what, rows.length, seen]).toEqual([way.name, what, 1, []]);
          if (outcome !== undefined) expect(seen).not.toContainEqual(outcome);
          await source.getRepository(Note).clear();
        }
      }
      await app.close();
    },
    60_000,
  );

  it('counts such runs as skipped, and says once why', async () => {
    const app = await start();
    for (let index = 0; index < 3; index += 1) {
      await app.dataSource().transaction(async (manager) => {
        await app.experiments.run({
          name: 'told',
          control: () => manager.query('SELECT 1'),
          candidate: () => manager.query('SELECT 1'),
        });
      });
    }
    await app.whenIdle();
    const told = app.failures.filter(({ error }) => (error as { code?: string }).code === 'CALLERS_TRANSACTION');
    expect(told).toHaveLength(1);
    expect(app.results.runs('told')).toBe(0);
    expect((await app.experiments.summary('told')).skipped).toMatchObject({ callersTransaction: 3 });
  });

  it('is not run where nobody sees the transaction but the runner that it reaches', async () => {
    const app = await start();
    let wasCalled = 0;
    const runner = app.dataSource().createQueryRunner();
    await elsewhere(() => runner.startTransaction());
    for (const act of Object.values(ACTS)) {
      await app.experiments.run({
        name: 'unseen',
        control: async (): Promise<unknown> => runner.query('SELECT 1 AS n'),
        candidate: async () => {
          wasCalled += 1;
          const rows: unknown = await runner.query('SELECT 1 AS n');
          await act(runner.manager, database);
          return rows;
        },
      });
      await app.whenIdle();
    }
    await runner.commitTransaction();
    await runner.release();
    expect(wasCalled).toBe(Object.keys(ACTS).length);
    expect(app.results.runs('unseen')).toBe(0);
    expect((await app.experiments.summary('unseen')).skipped).toMatchObject({ callersTransaction: wasCalled });
  });
});

describe.each(databases.filter(({ connectionId }) => connectionId !== undefined))(
  'on $name, a detached candidate',
  (database) => {
    it('sees what is committed, has transactions of its own, and gives its connections back', async () => {
      const app = await anApp()
        .testing({ candidatePool: { max: 1 } })
        .databases(TypeOrmModule.forRoot({ ...database.options, entities: [Note], synchronize: true }))
        .start();
      const source = app.dataSource();
      await source.getRepository(Note).clear();
      for (let index = 1; index <= 5; index += 1) {
        const id = index * 10;
        const experiment = app.experiments.wrap({
          name: 'detached',
          control: async (manager: EntityManager) => manager.count(Note),
          candidate: async (manager: EntityManager) => {
            await manager.transaction(async (inner) => inner.insert(Note, { id: 900 + index, text: 'candidate' }));
            return manager.count(Note);
          },
          inTransaction: 'detached',
          writes: 'allow',
          mode: 'serial',
          order: 'controlLast',
        });
        await source.transaction(async (manager) => {
          await manager.insert(Note, { id, text: 'caller' });
          await experiment(manager);
        });
        await app.whenIdle();
      }
      const counts = app.results.results('detached').map(({ control, candidates: [candidate] }) => [control, candidate]);
      expect(counts.map((sides) => sides.map((side) => (side as { value?: unknown }).value))).toEqual([
        [2, 1],
        [4, 3],
        [6, 5],
        [8, 7],
        [10, 9],
      ]);
      await app.close();
    });
  },
);

/** Works in a transaction: that of `transaction`, or one begun by hand. */
async function inTransactionOf<Value>(
  source: DataSource,
  byHand: boolean,
  work: (manager: EntityManager) => Promise<Value>,
): Promise<Value> {
  if (!byHand) return source.transaction(work);
  const runner = source.createQueryRunner();
  await runner.connect();
  await runner.startTransaction();
  try {
    const value = await work(runner.manager);
    await runner.commitTransaction();
    return value;
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  } finally {
    await runner.release();
  }
}
