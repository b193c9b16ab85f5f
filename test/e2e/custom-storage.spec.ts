import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { describe, expect, it, vi } from 'vitest';
import { Experiment, StudiesModule, StudiesStorage, type StudiesModuleOptions } from '../../lib/index.js';
import { MemoryStudiesStorage } from '../../lib/testing/index.js';
import { anApp, PLATFORMS, type RunningApp } from '../support/app.js';
import { Shelf, ShelfStorage } from '../support/shelf.storage.js';

@Controller('search')
class SearchController {
  fails = false;

  @Get()
  @Experiment({ name: 'search', candidate: 'searchV2', percentEnabled: 100 })
  search() {
    return { found: 1 };
  }

  searchV2() {
    if (this.fails) throw new Error('there is no such index');
    return { found: 2 };
  }
}

@Module({ providers: [Shelf], exports: [Shelf] })
class ShelfModule {}

const ADMIN = { admin: { public: true } } as const;

/** An application without any data source. */
const start = (studies: StudiesModuleOptions, platform: (typeof PLATFORMS)[number] = 'express') =>
  anApp(platform)
    .databases()
    .studies({ ...ADMIN, ...studies })
    .controllers(SearchController)
    .start();

async function ask(app: RunningApp) {
  expect((await app.get('/search')).body).toEqual({ found: 1 });
  await app.whenIdle();
}

const items = async (app: RunningApp, path: string) =>
  (await app.get(`/studies/experiments${path}`)).body as { items: unknown[] };

describe.each(PLATFORMS)('a storage of the application, on %s', (platform) => {
  it('is a class that Nest makes with what it injects, and needs no data source', async () => {
    const app = await start({ storage: ShelfStorage, imports: [ShelfModule] }, platform);
    await ask(app);
    expect(() => app.provider(DataSource)).toThrow();
    const [row] = await app.provider(Shelf).select(({ name }) => name === 'search');
    expect(row).toMatchObject({ percentEnabled: 100, version: 1 });
    expect(row?.lastRunAt).toEqual(app.results.results()[0]?.startedAt);
    expect(app.failures).toEqual([]);
  });

  it('is an instance too, which two applications may share', async () => {
    const storage = new MemoryStudiesStorage();
    const [one, other] = [await start({ storage, refreshInterval: 20 }, platform), await start({ storage }, platform)];
    await other.experiments.disable('search');
    await vi.waitFor(async () => {
      const before = one.results.runs();
      await ask(one);
      expect(one.results.runs()).toBe(before);
    });
  });

  it('has what summaries, results, the history and the administration show', async () => {
    const app = await start({ storage: new MemoryStudiesStorage() }, platform);
    await ask(app);
    await app.experiments.update('search', { targetRate: 0.5 }, { actor: 'ann' });

    expect((await app.experiments.summary('search')).candidates).toMatchObject([{ examined: 1, counts: { mismatched: 1 } }]);
    expect((await app.experiments.results('search')).items).toMatchObject([{ candidate: 'candidate', outcome: 'mismatched' }]);
    expect((await app.experiments.history('search')).items).toMatchObject([{ kind: 'changed', actor: 'ann' }]);
    expect((await items(app, '')).items).toMatchObject([{ name: 'search', targetRate: 0.5 }]);
    expect((await app.get('/studies/experiments/search/summary')).body).toMatchObject({ candidates: [{ examined: 1 }] });
    expect((await items(app, '/search/results')).items).toHaveLength(1);
    expect((await items(app, '/search/history')).items).toHaveLength(1);
  });

  it('forgets what operators purge and remove', async () => {
    const storage = new MemoryStudiesStorage();
    const app = await start({ storage }, platform);
    await ask(app);
    const { id = 0 } = (await app.experiments.find('search')) ?? {};
    await app.experiments.purge('search');
    expect((await app.experiments.results('search')).items).toEqual([]);
    await vi.waitFor(async () => expect(await storage.records.results.forgettable(id, [])).toBe(0));
    const removal = await app.request('DELETE', '/studies/experiments/search', { headers: { 'if-match': '*' } });
    expect(removal.status).toBe(204);
    expect(await storage.experiments.find('search')).toBeUndefined();
  });

  it('keeps that a guardrail has stopped an experiment', async () => {
    const app = await start({ storage: new MemoryStudiesStorage() }, platform);
    await app.experiments.update('search', { guardrails: { errorRate: 0.03 } });
    app.provider(SearchController).fails = true;
    for (let call = 0; call < 4; call += 1) await ask(app);
    await vi.waitFor(async () => expect(await app.experiments.find('search')).toMatchObject({ percentEnabled: 0 }));
    await vi.waitFor(async () =>
      expect((await app.experiments.history('search')).items[0]).toMatchObject({ kind: 'halted', actor: null }),
    );
  });

  it('stands beside the factory in forRootAsync', async () => {
    const make = () =>
      StudiesModule.forRootAsync({
        ...ADMIN,
        imports: [ShelfModule],
        storage: ShelfStorage,
        useFactory: () => ({ listen: true }),
      });
    const app = await anApp(platform).databases().studiesModule(make).controllers(SearchController).start();
    await app.experiments.disable('search');
    expect(await app.provider(Shelf).select(() => true)).toMatchObject([{ name: 'search', percentEnabled: 0 }]);
  });
});

describe('a storage of the application', () => {
  it('disturbs no caller when it fails, and is reported', async () => {
    const storage = new MemoryStudiesStorage();
    const app = await start({ storage });
    const fault = new Error('the shelf is gone');
    for (const part of [storage.experiments, storage.records.tallies, storage.records.results, storage.history]) {
      for (const method of ['digest', 'find', 'ran', 'write', 'keep'] as const) {
        if (method in part) Object.defineProperty(part, method, { value: () => Promise.reject(fault) });
      }
    }
    await ask(app);
    await expect(app.experiments.find('search')).rejects.toBe(fault);
    expect(app.failures).toContainEqual({ operation: 'storage', error: fault, experiment: undefined });
  });

  @Injectable()
  class NoStorage {}

  it.each([
    ['a class that extends something else', NoStorage],
    ['an object', { experiments: {}, records: {}, history: {} }],
    ['a function', () => new MemoryStudiesStorage()],
    ['a name', 'memory'],
    ['null', null],
  ])('can not be %s', (_, storage) => {
    const wrong = { storage } as unknown as StudiesModuleOptions; // what the compiler refuses
    const message = '"storage" must be a class that extends StudiesStorage, or an instance of one';
    expect(() => StudiesModule.forRoot(wrong)).toThrow(message);
    expect(() => StudiesModule.forRootAsync({ ...wrong, useFactory: () => ({}) })).toThrow(message);
  });

  it('is refused at the start if it lacks a part, with what is missing', async () => {
    class Incomplete extends StudiesStorage {
      declare readonly experiments: MemoryStudiesStorage['experiments'];
      readonly records = new MemoryStudiesStorage().records;
      readonly history = new MemoryStudiesStorage().history;
    }
    await expect(start({ storage: new Incomplete() })).rejects.toThrow('The storage Incomplete lacks "experiments".');
  });
});
