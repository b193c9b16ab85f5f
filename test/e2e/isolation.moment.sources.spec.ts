import { setTimeout } from 'node:timers/promises';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { afterAll, describe, expect, it } from 'vitest';
import { Experiment } from '../../lib/index.js';
import { anApp } from '../support/app.js';
import { heldDatabases } from '../support/held.databases.js';
import { changing, inTime, Item, read, readsOf, startMoment, warm } from '../support/moment.js';

const { databases, remove } = await heldDatabases();
afterAll(remove);

const OWN = { entityPrefix: 'sources_', applicationName: 'sources' };

const postgres = databases.filter(({ name }) => name === 'PostgreSQL');

describe.each(postgres)('on $name, the moment of a control', (database) => {
  it('is that of each data source: what the control hasn’t asked is read later', async () => {
    const given = { ...database.options, entities: [Item], synchronize: true, ...OWN } as object;
    const app = await anApp()
      .testing({ defaults: { record: true }, candidatePool: { max: 4 } })
      .databases(TypeOrmModule.forRoot(given), TypeOrmModule.forRoot({ ...given, name: 'other' }))
      .start();
    const items = app.dataSource().getRepository(Item);
    const others = app.dataSource('other').getRepository(Item);
    await items.clear();
    await items.insert({ id: 1, n: 0 });
    await warm(app, items);
    await warm(app, others);
    const both = async () => (await read(items)) + (await read(others));
    const run = (name: string, control: () => Promise<number>, candidate: () => Promise<number>) =>
      app.experiments.run({ name, control, candidate, reads: 'sameMoment' });
    const changingBoth = async () => (await changing(items)()) + (await read(others)) - 1;
    const name = await inTime(app, (one) => run(one, changing(others), () => read(others)));
    expect(app.results.results(name)[0]?.matched).toBe(true);
    await inTime(app, (one) => run(one, changingBoth, both));
    await run('one', changing(items), both);
    await app.whenIdle();
    expect(readsOf(app, 'one')).toEqual(['later']);
    await app.close();
  });

  it('is told from that of a control within it, which has one of its own', async () => {
    const { app, items } = await startMoment(database, {}, OWN);
    await warm(app, items, 4);
    const inner = app.experiments.wrap({ name: 'inner', control: () => read(items), candidate: () => read(items) });
    const control = async () => {
      const n = await inner();
      await setTimeout(30);
      await items.increment({ id: 1 }, 'n', 1);
      return n;
    };
    const name = await inTime(app, (one) =>
      app.experiments.run({ name: one, control, candidate: () => read(items), reads: 'sameMoment' }),
    );
    expect(app.results.results(name)[0]?.matched).toBe(true);
    expect(new Set(readsOf(app, 'inner'))).toEqual(new Set([undefined]));
    await app.close();
  });

  it('shows a detached candidate what is committed, and leaves its caller’s transaction alone', async () => {
    const { app, items } = await startMoment(database, {}, OWN);
    await warm(app, items);
    const source = app.dataSource();
    const name = await inTime(app, (one) =>
      source.transaction(async (manager) => {
        await manager.update(Item, { id: 1 }, { n: 5 });
        const control = () => read(manager.getRepository(Item));
        const options = { name: one, control, candidate: control, inTransaction: 'detached', reads: 'sameMoment' } as const;
        expect(await app.experiments.run(options)).toBe(5);
        await app.whenIdle();
        await manager.update(Item, { id: 1 }, { n: 0 });
      }),
    );
    expect(app.results.results(name)[0]?.candidates[0]).toMatchObject({ value: 0 });
    expect(await read(items)).toBe(0);
    await app.close();
  });

  it('that can’t be noted is nothing that the caller notices: its candidate reads later', async () => {
    const { app, items } = await startMoment(database, {}, OWN);
    await warm(app, items);
    const { driver } = app.dataSource();
    const create = driver.createQueryRunner.bind(driver);
    driver.createQueryRunner = (mode) =>
      Object.assign(create(mode), {
        getReplicationMode: () => {
          throw new Error('no mode');
        },
      });
    const call = { name: 'unnoted', control: changing(items), candidate: () => read(items), reads: 'sameMoment' } as const;
    expect(await app.experiments.run(call)).toBe(0);
    await app.whenIdle();
    expect(readsOf(app, 'unnoted')).toEqual(['later']);
    await app.close();
  });

  it('is that of a decorated method, too, and of the module’s defaults', async () => {
    @Injectable()
    class Reading {
      constructor(@InjectDataSource() private readonly source: DataSource) {}

      @Experiment({ name: 'decorated', candidate: 'readAgain', percentEnabled: 100 })
      read(): Promise<number> {
        return changing(this.source.getRepository(Item))();
      }

      readAgain(): Promise<number> {
        return read(this.source.getRepository(Item));
      }
    }
    const given = { ...database.options, entities: [Item], synchronize: true, ...OWN } as object;
    const app = await anApp()
      .testing({ defaults: { record: true, reads: 'sameMoment' }, candidatePool: { max: 4 } })
      .databases(TypeOrmModule.forRoot(given))
      .providers(Reading)
      .start();
    const items = app.dataSource().getRepository(Item);
    await items.clear();
    await items.insert({ id: 1, n: 0 });
    await warm(app, items);
    for (let round = 0; round < 5; round += 1) {
      await app.provider(Reading).read();
      await app.whenIdle();
    }
    const results = app.results.results('decorated');
    expect(results.map(({ matched, candidates }) => (matched ? 'sameMoment' : 'later') === candidates[0]?.reads)).toEqual(
      Array(5).fill(true),
    );
    await app.close();
  });
});
