import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { deferred } from '../support/deferred.js';
import { heldDatabases, type HeldDatabase } from '../support/held.databases.js';
import { recordedLog } from '../support/log.js';
import { allEnded, changing, inTime, Item, openTransactions, read, readsOf, startMoment, warm } from '../support/moment.js';

const { databases, remove } = await heldDatabases();
afterAll(remove);

const pooled = databases.filter(({ connectionId }) => connectionId !== undefined);

describe.each(pooled)('on $name, a candidate that reads at the moment of its control', (database) => {
  it('sees the data that the control has seen, however it asks, and sees what is there now without the option', async () => {
    const { app, items } = await startMoment(database);
    await warm(app, items);
    const source = app.dataSource();
    const asking: Record<string, () => Promise<number>> = {
      find: () => read(items),
      several: async () => (await Promise.all([read(items), read(items), items.count()]))[1],
      build: async () => (await items.createQueryBuilder('item').where('item.id = 1').getOneOrFail()).n,
      transaction: () => source.transaction(async (manager) => (await manager.findOneByOrFail(Item, { id: 1 })).n),
      runner: async () => {
        const runner = source.createQueryRunner();
        await runner.startTransaction();
        const [row] = (await runner.query('SELECT n FROM moment_item')) as { n: number }[];
        await runner.commitTransaction();
        await runner.release();
        return row?.n ?? -1;
      },
    };
    for (const [how, candidate] of Object.entries(asking)) {
      const run = (name: string) => app.experiments.run({ name, control: changing(items), candidate, reads: 'sameMoment' });
      const name = await inTime(app, run);
      expect([how, app.results.results(name)[0]?.matched]).toEqual([how, true]);
      expect((await app.experiments.summary(name)).candidates[0]?.reads).toEqual({ sameMoment: 1, later: 0 });
    }
    await app.experiments.run({ name: 'later', control: changing(items), candidate: () => read(items) });
    await app.whenIdle();
    expect(app.results.results('later')[0]?.mismatched).toBe(true);
    expect(readsOf(app, 'later')).toEqual([undefined]);
    expect(await allEnded(items, database)).toBe(0);
    await app.close();
  });

  it('has a snapshot of its own beside other candidates, and so has the control’s second call', async () => {
    const { app, items } = await startMoment(database);
    await warm(app, items, 4);
    let ids = new Set<number>();
    const candidate = async () => {
      const [row] = await items.query<{ id: unknown }[]>(database.connectionId as string);
      ids.add(Number(row?.id));
      return read(items);
    };
    const control = () => (app.experiments.current() === undefined ? changing(items)() : read(items));
    const name = await inTime(app, (two) => {
      ids = new Set();
      const candidates = { one: candidate, two: candidate };
      return app.experiments.run({ name: two, control, candidates, noise: 100, reads: 'sameMoment' });
    });
    expect(ids.size).toBe(2);
    expect((await app.experiments.summary(name)).candidates[0]?.noise.runs).toBe(1);
    expect(app.results.results(name)[0]?.matched).toBe(true);
    await app.close();
  });

  it('reads later where nothing is read at that moment: a control that sends nothing, or has settled before', async () => {
    const { app, items } = await startMoment(database);
    await warm(app, items);
    let late: Promise<unknown> | undefined;
    const controls = {
      nothing: () => Promise.resolve(0),
      afterwards: () => {
        late = setTimeout(20).then(() => read(items));
        return Promise.resolve(0);
      },
    };
    for (const [name, control] of Object.entries(controls)) {
      await app.experiments.run({ name, control, candidate: () => read(items), reads: 'sameMoment' });
      await app.whenIdle();
      expect([name, readsOf(app, name)]).toEqual([name, ['later']]);
    }
    await late;
    expect(await allEnded(items, database)).toBe(0);
    await app.close();
  });

  it('reads later, and keeps no caller waiting, where no connection is free', async () => {
    const { app, items } = await startMoment(database, { candidatePool: { max: 1 } });
    const begun = deferred<undefined>();
    const end = deferred<undefined>();
    const holding = {
      name: 'holding',
      control: () => Promise.resolve<unknown>(1),
      candidate: () =>
        app.dataSource().transaction(async (manager) => {
          await manager.query('SELECT 1');
          begun.resolve(undefined);
          await end.promise;
        }),
    };
    await app.experiments.run(holding);
    await begun.promise;
    const full = { name: 'full', control: changing(items), candidate: () => read(items), reads: 'sameMoment' } as const;
    expect(await app.experiments.run(full)).toBe(0);
    end.resolve(undefined);
    await app.whenIdle();
    expect(readsOf(app, 'full')).toEqual(['later']);
    expect(app.results.results('full')[0]?.mismatched).toBe(true);
    expect(await allEnded(items, database)).toBe(0);
    await app.close();
  });

  it('can’t write, whether it reads at the moment or later: such runs are skipped, and told once', async () => {
    const { app, items } = await startMoment(database);
    const source = app.dataSource();
    const writing: Record<string, () => Promise<unknown>> = {
      insert: () => items.insert({ id: 2, n: 2 }),
      save: () => items.save({ id: 1, n: 7 }),
      transaction: () => source.transaction((manager) => manager.update(Item, { id: 1 }, { n: 8 })),
      lock: () => source.transaction((manager) => manager.find(Item, { lock: { mode: 'pessimistic_write' } })),
      truncate: () => items.query('/* all */ TRUNCATE TABLE moment_item'),
      swallowed: () => items.delete({ id: 1 }).catch(() => 0),
    };
    const control = async (): Promise<unknown> => read(items);
    for (const round of ['later', 'moment']) {
      for (const [name, candidate] of Object.entries(writing)) {
        await app.experiments.run({ name: `${name} ${round}`, control, candidate, reads: 'sameMoment' });
        await app.whenIdle();
        const summary = await app.experiments.summary(`${name} ${round}`);
        expect([name, round, summary.skipped]).toEqual([name, round, { refused: 1 }]);
      }
    }
    // Drivers of MySQL take a single statement, unless they are told otherwise.
    const behind = () => items.query('SELECT 1; COMMIT; DELETE FROM moment_item').catch(() => 0);
    await app.experiments.run({ name: 'behind', control, candidate: behind, reads: 'sameMoment' });
    await app.whenIdle();
    expect(await items.find()).toEqual([{ id: 1, n: 0 }]);
    expect(app.failures.slice(0, 12).map(({ error }) => (error as { code: unknown }).code)).toEqual(
      Array(12).fill('EFFECT_REFUSED'),
    );
    expect(await allEnded(items, database)).toBe(0);
    await app.close();
  });

  it('goes on reading after a statement of its own has failed, and is not disturbed by it beside others', async () => {
    const { app, items } = await startMoment(database);
    await warm(app, items);
    const failing = () => items.query('SELECT no_such FROM moment_item').then(String, () => 'failed');
    const candidate = async () => {
      const [failed, n, other] = await Promise.all([failing(), read(items), read(items)]);
      return [failed, n >= 0 && other >= 0, await failing(), await items.count()];
    };
    const control = async () => {
      await read(items);
      return ['failed', true, 'failed', 1];
    };
    await app.experiments.run({ name: 'failing', control, candidate, reads: 'sameMoment' });
    await app.whenIdle();
    expect(app.results.results('failing')[0]?.matched).toBe(true);
    expect(readsOf(app, 'failing')).toEqual(['later']);
    await app.close();
  });

  it('leaves nothing open when it times out or throws, when the control throws, or never settles', async () => {
    const { app, items } = await startMoment(database, { defaults: { record: true, timeout: 150 } });
    await warm(app, items);
    const throwing = async (): Promise<number> => {
      await read(items);
      throw new Error('thrown');
    };
    const hanging = async (): Promise<number> => {
      await read(items);
      return new Promise<never>(() => undefined);
    };
    const slow = async (): Promise<number> => {
      await items.query(database.slow?.replace('0.1', '0.5') as string);
      return 1;
    };
    const control = () => read(items);
    const options = { reads: 'sameMoment', percentEnabled: 100 } as const;
    await app.experiments.run({ name: 'candidate throws', control, candidate: throwing, ...options });
    await app.experiments.run({ name: 'candidate hangs', control, candidate: hanging, ...options });
    await app.experiments.run({ name: 'candidate is slow', control, candidate: slow, ...options });
    await expect(
      app.experiments.run({ name: 'control throws', control: throwing, candidate: control, ...options }),
    ).rejects.toThrow('thrown');
    void app.experiments.run({ name: 'control hangs', control: hanging, candidate: control, ...options });
    await app.whenIdle();
    expect(await allEnded(items, database)).toBe(0);
    expect(app.results.results('candidate is slow')[0]?.candidates[0]?.outcome).toBe('timedOut');
    await app.close();
  });

  it('leaves no connection to work that it leaves behind', async () => {
    const { app, items } = await startMoment(database, { candidatePool: { max: 1 } });
    const ended: unknown[] = [];
    const candidate = () => {
      const work = setTimeout(10).then(() => read(items));
      ended.push(work.catch((error: unknown) => (error as { code: unknown }).code));
      return Promise.resolve(1);
    };
    for (let round = 0; round < 2; round += 1) {
      await app.experiments.run({ name: 'leaving', control: () => Promise.resolve(1), candidate, reads: 'sameMoment' });
      await app.whenIdle();
      await setTimeout(30);
    }
    expect(await Promise.all(ended)).toEqual(['NO_CONNECTION', 'NO_CONNECTION']);
    await app.experiments.run({ name: 'next', control: () => read(items), candidate: () => read(items), reads: 'sameMoment' });
    await app.whenIdle();
    expect(app.results.results('next')[0]?.matched).toBe(true);
    await app.close();
  });

  it('leaves nothing open when the application stops', async () => {
    const { app, items } = await startMoment(database);
    await warm(app, items);
    const observing = await startMoment(database);
    const hanging = async (): Promise<number> => {
      await read(items);
      return new Promise<never>(() => undefined);
    };
    for (let attempt = 0; attempt < 20; attempt += 1) {
      void app.experiments.run({ name: 'stopping', control: hanging, candidate: () => read(items), reads: 'sameMoment' });
      await setTimeout(120);
      if ((await openTransactions(observing.items, database)) > 0) break;
    }
    expect(await openTransactions(observing.items, database)).toBe(1);
    await app.close();
    expect(await allEnded(observing.items, database)).toBe(0);
    await observing.app.close();
  });

  it('is not blamed for a connection that is lost: it reads later', async () => {
    const { app, items } = await startMoment(database);
    await warm(app, items);
    const kill = async () => {
      if (database.name === 'PostgreSQL')
        await items.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'moment candidates' AND xact_start IS NOT NULL`,
        );
      else {
        const ids = await items.query<{ id: number }[]>(
          'SELECT trx_mysql_thread_id AS id FROM information_schema.innodb_trx WHERE trx_is_read_only = 1',
        );
        for (const { id } of ids) await items.query(`KILL ${id}`);
      }
    };
    const control = async () => {
      const n = await read(items);
      await setTimeout(150); // MariaDB shows the same transactions for 100 ms
      await kill();
      await setTimeout(30);
      return n;
    };
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await app.experiments.run({ name: 'lost', control, candidate: () => read(items), reads: 'sameMoment' });
    }
    await app.whenIdle();
    expect(app.results.results('lost').map(({ matched }) => matched)).toEqual(Array(5).fill(true));
    expect(new Set(readsOf(app, 'lost'))).toEqual(new Set(['later']));
    expect(app.failures).toEqual([]);
    await app.close();
  });

  it('is skipped where candidates get no connections at all, which is told once', async () => {
    const { app, items } = await startMoment(database);
    const { url } = app.dataSource().options as { url: string };
    Object.assign(app.dataSource().options, { url: url.replace(/:\d+\//, ':1/') });
    for (let round = 0; round < 3; round += 1) {
      const call = { name: 'refused', control: () => read(items), candidate: () => read(items), reads: 'sameMoment' } as const;
      expect(await app.experiments.run(call)).toBe(0);
      await app.whenIdle();
    }
    expect((await app.experiments.summary('refused')).skipped).toEqual({ noConnection: 3 });
    expect(app.failures.filter(({ operation }) => operation === 'candidate')).toHaveLength(1);
    await app.close();
  });

  it('waits for the snapshot if it runs beside its control, and streams on a connection of its own', async () => {
    const { app, items } = await startMoment(database);
    await warm(app, items, 3);
    const parallel = {
      control: changing(items),
      candidate: () => setTimeout(1).then(() => read(items)),
      mode: 'parallel',
    } as const;
    const name = await inTime(app, (one) => app.experiments.run({ name: one, ...parallel, reads: 'sameMoment' }));
    expect(app.results.results(name)[0]?.matched).toBe(true);
    if (database.name === 'PostgreSQL') return app.close(); // the driver streams only with a package that isn't here
    const streamed = async () => {
      const rows: { n: number }[] = [];
      for await (const row of await items.createQueryBuilder('item').select('item.n', 'n').stream())
        rows.push(row as { n: number });
      return rows;
    };
    const control = async () => [{ n: await read(items) }];
    await app.experiments.run({ name: 'streamed', control, candidate: streamed, reads: 'sameMoment' });
    await app.whenIdle();
    expect(readsOf(app, 'streamed')).toEqual(['later']);
    expect(app.results.results('streamed')[0]?.matched).toBe(true);
    expect(await allEnded(items, database)).toBe(0);
    await app.close();
  });
});

it('on SQLite, candidates read later, which is counted, and told once', async () => {
  const log = recordedLog();
  const database = databases.find(({ name }) => name === 'SQLite in a file') as HeldDatabase;
  const { app, items } = await startMoment(database);
  const find = () => items.findOneByOrFail({ id: 1 });
  for (let round = 0; round < 2; round += 1) {
    await app.experiments.run({ name: 'file', control: find, candidate: find, reads: 'sameMoment' });
    await app.whenIdle();
  }
  expect((await app.experiments.summary('file')).candidates[0]?.reads).toEqual({ sameMoment: 0, later: 2 });
  const told = log.filter(({ message }) => String(message).includes('sameMoment'));
  expect(told).toMatchObject([{ level: 'warn', message: expect.stringContaining('not possible on better-sqlite3') as unknown }]);
  await app.close();
});
