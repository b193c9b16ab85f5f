import { AsyncLocalStorage } from 'node:async_hooks';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Column, Entity, EventSubscriber, PrimaryColumn, type EntitySubscriberInterface, type Repository } from 'typeorm';
import { afterAll, describe, expect, it } from 'vitest';
import { anApp, type RunningApp } from '../support/app.js';
import { deferred } from '../support/deferred.js';
import { heldDatabases, type HeldDatabase } from '../support/held.databases.js';

@Entity('held_item')
class Item {
  @PrimaryColumn({ type: 'int' }) id!: number;
  @Column({ type: 'varchar', length: 50 }) text!: string;
  seenBy?: number;
}

let subscribers = 0;

@EventSubscriber()
class Reading implements EntitySubscriberInterface<Item> {
  private readonly number = (subscribers += 1);

  listenTo() {
    return Item;
  }

  afterLoad(item: Item) {
    item.seenBy = this.number;
    item.text = item.text.toUpperCase();
  }
}

const { databases, remove } = await heldDatabases();
afterAll(remove);

/** Where no call of a test sees what is begun. */
const apart = AsyncLocalStorage.snapshot();

const pooled = databases.filter(({ connectionId }) => connectionId !== undefined);
const postgres = pooled.filter(({ name }) => name === 'PostgreSQL');

async function start(database: HeldDatabase, options: object = {}, studies: object = {}): Promise<RunningApp> {
  const given = {
    ...database.options,
    entities: [Item],
    subscribers: [Reading],
    synchronize: true,
    ...options,
  } as HeldDatabase['options'];
  const app = await anApp()
    .testing({ defaults: { record: true }, ...studies })
    .databases(TypeOrmModule.forRoot(given))
    .start();
  const items = app.dataSource().getRepository(Item);
  await items.clear();
  await items.insert({ id: 1, text: 'one' });
  return app;
}

describe.each(databases)('on $name, what a candidate asks', (database) => {
  it('is answered as the control’s is, through the same subscribers', async () => {
    subscribers = 0;
    const app = await start(database);
    const items = app.dataSource().getRepository(Item);
    const find = () => items.find();
    const build = () => items.createQueryBuilder('item').where('item.id = :id', { id: 1 }).getManyAndCount();
    for (const [name, ask] of Object.entries({ find, build, raw: () => items.query('SELECT * FROM held_item') })) {
      for (const mode of ['shadow', 'parallel', 'serial'] as const) {
        await app.experiments.run({ name: `${name} ${mode}`, control: ask, candidate: ask, mode });
      }
    }
    await app.whenIdle();
    expect(app.results.results().map(({ matched }) => matched)).toEqual(Array.from({ length: 9 }, () => true));
    expect(subscribers).toBe(1);
    await app.close();
  });

  it('is neither read from the cache of the application’s queries nor kept in it', async () => {
    const app = await start(database, { cache: { duration: 60_000, alwaysEnabled: true } });
    const source = app.dataSource();
    const items = source.getRepository(Item);
    await items.find();
    await source.query(`UPDATE held_item SET text = 'two' WHERE id = 1`);
    await app.experiments.run({ name: 'cached', control: () => items.find(), candidate: () => items.find() });
    await app.whenIdle();
    const [result] = app.results.results('cached');
    expect(result?.control).toMatchObject({ value: [{ text: 'ONE' }] });
    expect(result?.candidates[0]).toMatchObject({ value: [{ text: 'TWO' }] });
    expect(await items.find()).toMatchObject([{ text: 'ONE' }]);
    await app.close();
  });
});

describe.each(pooled)('on $name, the connections of candidates', (database) => {
  const idOf = async (items: Repository<Item>) => {
    const [row] = await items.query<{ id: unknown }[]>(database.connectionId as string);
    return Number(row?.id);
  };

  it('are none of the application’s, however many candidates are slow', async () => {
    const app = await start(database, { poolSize: 4 });
    const items = app.dataSource().getRepository(Item);
    const controls = new Set<number>();
    const candidates = new Set<number>();
    const control = async () => {
      controls.add(await idOf(items));
      return 1;
    };
    const candidate = async () => {
      candidates.add(await idOf(items));
      await items.query(database.slow as string);
      return 1;
    };
    const call = app.experiments.wrap({ name: 'slow', control, candidate });
    for (let index = 0; index < 20; index += 1) await call();
    await app.whenIdle();
    expect([...controls].filter((id) => candidates.has(id))).toEqual([]);
    expect(candidates.size).toBeLessThanOrEqual(2);
    expect(app.results.results('slow').every(({ matched }) => matched)).toBe(true);
    await app.close();
  });

  it('are as many as candidatePool says', async () => {
    const app = await start(database, {}, { candidatePool: { max: 3 } });
    const items = app.dataSource().getRepository(Item);
    const ids = new Set<number>();
    const call = app.experiments.wrap({
      name: 'counted',
      control: async (): Promise<unknown> => 1,
      candidate: async () => {
        ids.add(await idOf(items));
        return items.query<unknown>(database.slow as string);
      },
    });
    for (let index = 0; index < 10; index += 1) await call();
    await app.whenIdle();
    expect(ids.size).toBe(3);
    await app.close();
  });

  it('are waited for at nobody’s cost: waiting is no part of a candidate’s time', async () => {
    const app = await start(database, {}, { candidatePool: { max: 1 } });
    const items = app.dataSource().getRepository(Item);
    const ask = () => items.query(database.slow as string);
    const call = app.experiments.wrap({ name: 'waiting', control: async (): Promise<unknown> => 1, candidate: ask });
    await Promise.all(Array.from({ length: 8 }, () => call()));
    await app.whenIdle();
    const durations = app.results.results('waiting').map(({ candidates: [candidate] }) => candidate?.duration ?? 0);
    // Eight that take 100 ms each, on one connection: with the waiting, their times would add up to 3,600 ms.
    expect(durations).toHaveLength(8);
    expect(durations.reduce((sum, one) => sum + one, 0)).toBeLessThan(2_400);
    await app.close();
  });

  it('are not blamed on a candidate that gets none until its timeout, and it sends nothing then', async () => {
    const app = await start(
      database,
      {},
      { candidatePool: { max: 1 }, defaults: { record: true, timeout: 200, writes: 'allow' } },
    );
    const items = app.dataSource().getRepository(Item);
    const begun = deferred<undefined>();
    const end = deferred<undefined>();
    const holding = app.experiments.wrap({
      name: 'holding',
      control: async (): Promise<unknown> => 1,
      candidate: () =>
        app.dataSource().transaction(async (manager) => {
          await manager.query('SELECT 1');
          begun.resolve(undefined);
          await end.promise;
        }),
    });
    await holding();
    await begun.promise;
    await app.experiments.run({
      name: 'starving',
      control: async (): Promise<unknown> => 1,
      candidate: () => items.insert({ id: 66, text: 'late' }),
    });
    await app.whenIdle();
    end.resolve(undefined);
    expect(app.results.runs('starving')).toBe(0);
    expect((await app.experiments.summary('starving')).skipped).toMatchObject({ noConnection: 1 });
    expect(await items.findBy({ id: 66 })).toEqual([]);
    await app.close();
  });

  it('come back from a candidate that keeps them, and with nothing left on them', async () => {
    const app = await start(database, {}, { candidatePool: { max: 1 } });
    const source = app.dataSource();
    await app.experiments.run({
      name: 'leaking',
      control: async (): Promise<unknown> => 1,
      candidate: async () => {
        const runner = source.createQueryRunner();
        await runner.startTransaction();
        await runner.query(`INSERT INTO held_item (id, text) VALUES (77, 'left')`);
        return 1;
      },
    });
    await app.experiments.run({
      name: 'next',
      control: async (): Promise<unknown> => 1,
      candidate: () => source.getRepository(Item).countBy({ id: 77 }),
    });
    await app.whenIdle();
    expect(app.results.results('next')[0]?.candidates[0]).toMatchObject({ value: 0 });
    expect(await source.getRepository(Item).countBy({ id: 77 })).toBe(0);
    await app.close();
  });

  it('are closed with the data source, and made anew when there is one again', async () => {
    const app = await start(database);
    const source = app.dataSource();
    const ids: number[] = [];
    const candidate = async () => ids.push(await idOf(source.getRepository(Item)));
    for (let index = 0; index < 2; index += 1) {
      await app.experiments.run({ name: 'again', control: async (): Promise<unknown> => 1, candidate });
      await app.whenIdle();
      await source.destroy();
      await source.initialize();
    }
    expect(new Set(ids).size).toBe(2);
    const shown =
      database.name === 'PostgreSQL' ? 'SELECT pid AS id FROM pg_stat_activity' : 'SELECT id FROM information_schema.processlist';
    const there = await source.query<{ id: unknown }[]>(shown);
    expect(there.map(({ id }) => Number(id)).filter((id) => ids.includes(id))).toEqual([]);
    await app.close();
  });

  it('that can’t be had are told once, and not counted against a candidate', async () => {
    const app = await start(database);
    const source = app.dataSource();
    const { url } = source.options as { url: string };
    Object.assign(source.options, { url: url.replace(/:\d+\//, ':1/') });
    const ask = () => source.query('SELECT 1');
    for (let index = 0; index < 3; index += 1) {
      await app.experiments.run({ name: 'refused', control: ask, candidate: ask });
      await app.whenIdle();
    }
    expect((await app.experiments.summary('refused')).skipped).toMatchObject({ noConnection: 3 });
    expect(app.failures.filter(({ operation }) => operation === 'candidate')).toHaveLength(1);
    await app.close();
  });
});

describe.each(postgres)('on $name', (database) => {
  it('the connections of candidates are named, beside the application’s name', async () => {
    for (const [options, name] of [
      [{}, 'nestjs-studies candidates'],
      [{ applicationName: 'shop' }, 'shop candidates'],
      [{ extra: { application_name: 'x'.repeat(80) } }, `${'x'.repeat(52)} candidates`],
      [{ url: `${(database.options as { url: string }).url}?application_name=other` }, 'nestjs-studies candidates'],
    ] as const) {
      const app = await start(database, options);
      const ask = () => app.dataSource().query('SHOW application_name');
      await app.experiments.run({ name: 'named', control: ask, candidate: ask });
      await app.whenIdle();
      expect(app.results.results('named')[0]?.candidates[0]).toMatchObject({ value: [{ application_name: name }] });
      await app.close();
    }
  });

  it('reads of candidates go to the primary or a replica as the application’s do', async () => {
    const { url } = database.options as { url: string };
    const node = (applicationName: string) => ({ url, applicationName });
    const replication = { master: node('primary'), slaves: [node('replica')] };
    const app = await start(database, { url: undefined, replication });
    const items = app.dataSource().getRepository(Item);
    const read = async () =>
      items.createQueryBuilder('item').select(`current_setting('application_name')`, 'name').getRawOne<unknown>();
    const pools = app.dataSource().driver as unknown as { slaves: { totalCount: number }[] };
    const before = pools.slaves[0]?.totalCount;
    await app.experiments.run({ name: 'replicated', control: async (): Promise<unknown> => 1, candidate: read });
    await app.whenIdle();
    expect(app.results.results('replicated')[0]?.candidates[0]).toMatchObject({ value: { name: 'primary candidates' } });
    expect(pools.slaves[0]?.totalCount).toBe(before);
    await app.close();
  });

  it('nothing of the application ever waits for a connection because of candidates', async () => {
    const app = await start(database, { poolSize: 10 });
    const source = app.dataSource();
    const pool = (source.driver as unknown as { master: { waitingCount: number; on(event: string, listener: () => void): void } })
      .master;
    let most = 0;
    const call = app.experiments.wrap({
      name: 'all sampled',
      control: () => source.query('SELECT 1'),
      candidate: () => source.query('SELECT 1 FROM pg_sleep(1)'),
      maxConcurrent: 100,
    });
    for (let index = 0; index < 100; index += 1) {
      await Promise.all([call(), source.query('SELECT 2')]);
      most = Math.max(most, pool.waitingCount);
    }
    expect(most).toBe(0);
    await app.close();
  });
});

describe('SQLite', () => {
  it('in a file, is not locked by a candidate: neither begins it a transaction, nor does it wait for one', async () => {
    const database = databases.find(({ name }) => name === 'SQLite in a file') as HeldDatabase;
    const app = await start(database);
    const source = app.dataSource();
    const items = source.getRepository(Item);
    const candidates = {
      transaction: () => source.transaction((manager) => manager.insert(Item, { id: 5, text: 'candidate' })),
      save: () => items.save({ id: 5, text: 'candidate' }),
      text: async () => {
        const runner = source.createQueryRunner();
        await runner.query('/* one */ BEGIN IMMEDIATE');
        await runner.query('SELECT 1');
      },
    };
    for (const [name, candidate] of Object.entries(candidates)) {
      await app.experiments.run({ name, control: async (): Promise<unknown> => 1, candidate: candidate, mode: 'serial' });
      await items.update({ id: 1 }, { text: name });
    }
    const runner = source.createQueryRunner();
    await apart(() => runner.startTransaction());
    await runner.query(`UPDATE held_item SET text = 'held' WHERE id = 1`);
    const begun = performance.now();
    await app.experiments.run({
      name: 'busy',
      control: async (): Promise<unknown> => 1,
      candidate: () => items.insert({ id: 6, text: 'x' }),
      mode: 'serial',
      writes: 'allow',
    });
    expect(performance.now() - begun).toBeLessThan(2_000);
    await runner.commitTransaction();
    await app.whenIdle();
    for (const name of [...Object.keys(candidates), 'busy']) {
      expect([name, (await app.experiments.summary(name)).skipped]).toMatchObject([name, { noConnection: 1 }]);
    }
    expect((await items.find()).map(({ id, text }) => [id, text])).toEqual([[1, 'HELD']]);
    await app.close();
  });

  it('in memory, is shared between the application’s transactions, and never within one', async () => {
    const database = databases.find(({ name }) => name === 'SQLite') as HeldDatabase;
    const app = await start(database);
    const source = app.dataSource();
    const items = source.getRepository(Item);
    await app.experiments.run({ name: 'between', control: () => items.count(), candidate: () => items.count() });
    await app.whenIdle();
    expect(app.results.results('between')[0]?.candidates[0]).toMatchObject({ value: 1 });
    const runner = source.createQueryRunner();
    await apart(() => runner.startTransaction());
    await app.experiments.run({ name: 'within', control: async (): Promise<unknown> => 1, candidate: () => items.count() });
    await app.whenIdle();
    await runner.rollbackTransaction();
    await app.experiments.run({
      name: 'begins',
      control: async (): Promise<unknown> => 1,
      candidate: () => items.save({ id: 9, text: 'x' }),
    });
    await app.whenIdle();
    expect((await app.experiments.summary('within')).skipped).toMatchObject({ callersTransaction: 1 });
    expect((await app.experiments.summary('begins')).skipped).toMatchObject({ noConnection: 1 });
    expect(await items.count()).toBe(1);
    await app.close();
  });
});
