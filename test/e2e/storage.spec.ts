import { Controller, Get, Query } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { Experiment, type ExperimentDecoratorOptions } from '../../lib/index.js';
import { anApp, PLATFORMS, sqlite } from '../support/app.js';
import { databaseFile } from '../support/files.js';

/** A new release of a service: the same controller, with other options of its experiment. */
function release(options: Omit<ExperimentDecoratorOptions, 'candidates' | 'candidate' | 'name'>) {
  @Controller('search')
  class SearchController {
    @Get()
    @Experiment({ ...options, name: 'search', candidate: 'searchV2' })
    search(@Query('q') q: string) {
      return { q };
    }

    searchV2(q: string) {
      return { q };
    }
  }
  return SearchController;
}

describe.each(PLATFORMS)('the stored percentage, on %s', (platform) => {
  const start = (database: string, percentEnabled: number, refreshInterval = 1_000) =>
    anApp(platform).databases(sqlite({ database })).studies({ refreshInterval }).controllers(release({ percentEnabled })).start();

  it('comes from the code once, and counts from then on, whatever the code says', async () => {
    const database = await databaseFile();
    const first = await start(database, 0);
    await first.close();

    const second = await start(database, 100);
    await second.get('/search?q=a');
    await second.whenIdle();

    expect(second.results.runs()).toBe(0);
    expect(await second.experiments.find('search')).toMatchObject({ percentEnabled: 0, version: 1, lastRunAt: null });
  });

  it('keeps what an operator has set through a restart', async () => {
    const database = await databaseFile();
    const first = await start(database, 0);
    const { stored, ...set } = await first.experiments.update('search', { percentEnabled: 100, subjects: ['ada'] });
    expect(stored).toBe(true);
    await first.close();

    const second = await start(database, 5);
    await second.get('/search?q=a');
    await second.whenIdle();

    expect(second.results.runs()).toBe(1);
    const [result] = second.results.results();
    expect(await second.experiments.find('search')).toEqual({
      ...set,
      firstRunAt: result?.startedAt,
      lastRunAt: result?.startedAt,
    });
  });

  it('is obeyed by all processes: what one sets, the others see with their next look', async () => {
    const database = await databaseFile();
    const [first, second] = [await start(database, 0, 20), await start(database, 0, 20)];

    await first.experiments.enable('search');

    await vi.waitFor(async () => {
      await second.get('/search?q=a');
      await second.whenIdle();
      expect(second.results.runs()).toBeGreaterThan(0);
    });
    await second.experiments.disable('search');
    await vi.waitFor(async () => {
      const before = first.results.runs();
      await first.get('/search?q=a');
      await first.whenIdle();
      expect(first.results.runs()).toBe(before);
    });
  });

  it('is stored once when processes start at the same time', async () => {
    const database = await databaseFile();
    await (await start(database, 50)).close();
    const settled = anApp(platform).databases(sqlite({ database, migrationsRun: false }));
    const reset = await settled.start();
    await reset.experiments.remove('search');
    await reset.close();

    const apps = await Promise.all(
      [10, 20, 30].map((percentEnabled) =>
        anApp(platform)
          .databases(sqlite({ database, migrationsRun: false }))
          .controllers(release({ percentEnabled }))
          .start(),
      ),
    );

    const rows = await Promise.all(apps.map((app) => app.experiments.findAll()));
    expect(rows.map(({ items }) => items.length)).toEqual([1, 1, 1]);
    expect(new Set(rows.map(({ items }) => items[0]?.percentEnabled)).size).toBe(1);
    expect(apps.flatMap((app) => app.failures)).toEqual([]);
  });
});

describe('an experiment without its storage', () => {
  it('is off, and calls go on, where the migrations have not run; the message says what to do', async () => {
    const app = await anApp()
      .databases(sqlite({ migrationsRun: false }))
      .studies({ admin: { public: true } })
      .controllers(release({ percentEnabled: 100 }))
      .start();

    expect((await app.get('/search?q=a')).body).toEqual({ q: 'a' });
    await app.whenIdle();

    expect(app.results.runs()).toBe(0);
    expect(app.failures).toHaveLength(1);
    expect(app.failures[0]).toMatchObject({
      operation: 'storage',
      experiment: undefined,
      error: {
        code: 'SCHEMA_MISSING',
        message:
          'The table "studies_experiment" is not in the database, or is older than this version, so that no experiment runs. Add the migrations to the data ' +
          'source, "migrations: [...STUDIES_MIGRATIONS]", and run them.',
      },
    });
  });

  it('says so of the table as it is called in its data source', async () => {
    const app = await anApp()
      .databases(sqlite({ migrationsRun: false, entityPrefix: 'app_' }))
      .controllers(release({ percentEnabled: 100 }))
      .start();

    expect(app.failures).toMatchObject([
      { error: { message: expect.stringContaining('The table "app_studies_experiment" is') } },
    ]);
  });

  it('runs as soon as the migrations have', async () => {
    const app = await anApp()
      .databases(sqlite({ migrationsRun: false }))
      .studies({ refreshInterval: 20 })
      .controllers(release({ percentEnabled: 100 }))
      .start();

    await app.dataSource().runMigrations();
    await vi.waitFor(async () => {
      await app.get('/search?q=a');
      await app.whenIdle();
      expect(app.results.runs()).toBeGreaterThan(0);
    });
    expect(app.failures.map(({ operation }) => operation)).toEqual(['storage']);
  });

  it('goes on with what it knew last when the database is gone', async () => {
    const app = await anApp()
      .studies({ refreshInterval: 20, admin: { public: true } })
      .controllers(release({ percentEnabled: 100 }))
      .start();

    const source = app.dataSource();
    await source.query('ALTER TABLE studies_experiment RENAME TO gone');
    await vi.waitFor(() => expect(app.failures.map(({ operation }) => operation)).toEqual(['storage']));
    await app.get('/search?q=a');
    await app.whenIdle();

    expect(app.results.runs()).toBe(1);
    expect((await app.get('/studies/experiments')).status).toBe(503);
    const [result] = app.results.results();
    await source.query('ALTER TABLE gone RENAME TO studies_experiment');
    await vi.waitFor(async () => {
      expect((await app.experiments.find('search'))?.lastRunAt).toEqual(result?.startedAt);
    });
  });
});
