import { Controller, Get } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Experiment, STUDIES_MIGRATIONS, type ExperimentEntity } from '../../lib/index.js';
import { anApp, type RunningApp } from '../support/app.js';
import { Proxy } from '../support/proxy.js';
import { privateMariaDb, privatePostgres, type PrivateServer } from '../support/servers.js';

const NAME = 'rates';

@Controller('rates')
class RatesController {
  @Get()
  @Experiment({ name: NAME, candidate: 'newRate', percentEnabled: 100, maxConcurrent: 1_000 })
  async rate() {
    return Promise.resolve({ rate: 7 });
  }

  async newRate() {
    return Promise.resolve({ rate: 7 });
  }
}

/** How long the longest answer may take, in ms: whoever waits for a database waits for seconds. */
const SOON = 1_000;

/** Requests from several clients, one after the other in each, until they are told to end. Every answer must be the control's. */
class Load {
  private isEnded = false;
  private readonly clients: Promise<void>[];
  longest = 0;
  requests = 0;

  constructor(private readonly app: RunningApp) {
    this.clients = Array.from({ length: 4 }, () => this.ask());
  }

  async end(): Promise<void> {
    this.isEnded = true;
    await Promise.all(this.clients);
    expect(this.longest).toBeLessThan(SOON);
    expect(this.requests).toBeGreaterThan(20);
  }

  private async ask(): Promise<void> {
    while (!this.isEnded) {
      const begun = performance.now();
      const { status, body } = await this.app.get('/rates');
      this.longest = Math.max(this.longest, performance.now() - begun);
      this.requests += 1;
      expect([status, body]).toEqual([200, { rate: 7 }]);
      await pause(5);
    }
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const made = await Promise.all([privatePostgres(), privateMariaDb()]);
const servers = made.filter((server) => server !== undefined);
if (servers.length < made.length)
  process.stderr.write('\nLeft out: faults of databases whose programs are not on this machine.\n');

describe.each(servers.map((server) => [server.name, server] as const))('with a %s that fails', (_, server: PrivateServer) => {
  beforeAll(() => server.start());
  afterAll(() => server.remove());

  let source: DataSource;
  beforeEach(async () => {
    source = await new DataSource({ ...server.options(), migrations: [...STUDIES_MIGRATIONS] }).initialize();
  });
  afterEach(async () => {
    await server.start();
    if (source.isInitialized) await source.destroy();
    source = await new DataSource(server.options()).initialize();
    for (const table of ['experiment', 'tally', 'sample', 'writer', 'change']) {
      await source.query(`DROP TABLE IF EXISTS studies_${table}`);
    }
    await source.query('DROP TABLE IF EXISTS migrations');
    await source.destroy();
  });

  const building = ({ port = server.port, migrationsRun = true, ...more } = {}) =>
    anApp()
      .databases(
        TypeOrmModule.forRoot({
          ...server.options(port),
          autoLoadEntities: true,
          migrations: [...STUDIES_MIGRATIONS],
          migrationsRun,
          retryAttempts: 0,
          ...more,
        }), // of one of several drivers
      )
      .studies({ refreshInterval: 50, flushInterval: 50, admin: { public: true } })
      .controllers(RatesController);

  const running = async (app: RunningApp, runs = 1) => {
    await vi.waitFor(
      async () => {
        await app.get('/rates');
        expect(app.results.runs()).toBeGreaterThanOrEqual(runs);
      },
      { timeout: 20_000, interval: 20 },
    );
  };

  /** That, once the database is back, nothing of what ran is missing, and that of each failure was told once. */
  const isComplete = async (app: RunningApp, outages = 1) => {
    await vi.waitFor(
      async () => {
        await app.whenIdle();
        const { runs, candidates } = await app.experiments.summary(NAME);
        expect([runs, candidates[0]?.counts.matched]).toEqual([app.results.runs(), app.results.runs()]);
      },
      { timeout: 25_000, interval: 100 },
    );
    expect(app.failures.filter(({ operation }) => operation !== 'storage')).toEqual([]);
    // It can be read, written, and recorded in: each may have failed once.
    expect(app.failures.length).toBeLessThanOrEqual(3 * outages);
  };

  it('killed under load and started again, answers as before and counts all', async () => {
    const app = await building().start();
    await running(app);
    const load = new Load(app);
    await pause(300);
    await server.kill();
    await pause(1_500);
    const during = app.failures.length;
    const before = app.results.runs();
    await pause(500);
    expect([app.failures.length, app.results.runs() > before]).toEqual([during, true]);
    expect(during).toBeGreaterThan(0);
    await server.start();
    await load.end();
    await isComplete(app);
  });

  it('restarted twice, obeys afterwards, and tells of each time once', async () => {
    const app = await building().start();
    await running(app);
    const load = new Load(app);
    for (let turn = 0; turn < 2; turn += 1) {
      await server.stop();
      await pause(400);
      await server.start();
      await vi.waitFor(async () => {
        const { status } = await app.send('PATCH', `/studies/experiments/${NAME}`, { targetRate: 0.01 + turn / 100 });
        expect(status).toBe(200);
      });
      await pause(400);
    }
    await load.end();
    await isComplete(app, 2);
    expect(app.failures.length).toBeGreaterThanOrEqual(2);
  });

  it('away at the start, runs controls alone, and its experiment when it comes', async () => {
    const app = await building()
      .configure(() => server.kill())
      .start();
    const load = new Load(app);
    await pause(300);
    expect(app.results.runs()).toBe(0);
    expect(app.failures).toMatchObject([{ operation: 'storage' }]);
    await server.start();
    await running(app);
    await load.end();
    await isComplete(app);
  });

  it('that takes 30 s to answer keeps nobody waiting, and is told of', async () => {
    const proxy = await Proxy.to(server.port);
    onTestFinished(() => proxy.close());
    const app = await building({ port: proxy.port }).start();
    await running(app);
    proxy.slowDown(30_000);
    const load = new Load(app);
    await vi.waitFor(() => expect(app.failures.length).toBeGreaterThan(0), { timeout: 15_000, interval: 100 });
    expect(app.failures[0]).toMatchObject({ operation: 'storage', error: { code: 'STORAGE_TIMED_OUT' } });
    const before = app.results.runs();
    await pause(200);
    expect(app.results.runs()).toBeGreaterThan(before);
    proxy.speedUp();
    await load.end();
    await isComplete(app);
  });

  it('whose connections the application has all taken, answers, and counts when some are free', async () => {
    const app = await building({ extra: server.name === 'PostgreSQL' ? { max: 2 } : { connectionLimit: 2 } } as never).start();
    await running(app);
    const taken = [app.dataSource().createQueryRunner(), app.dataSource().createQueryRunner()];
    for (const runner of taken) await runner.connect();
    const load = new Load(app);
    await pause(600);
    for (const runner of taken) await runner.release();
    await load.end();
    await isComplete(app);
  });

  it('that is read-only, goes on with what it has, refuses changes, and counts when it may write', async () => {
    const app = await building().start();
    await running(app);
    await server.setReadOnly(true);
    onTestFinished(() => server.setReadOnly(false));
    const load = new Load(app);
    await vi.waitFor(() => expect(app.failures.length).toBeGreaterThan(0), { timeout: 10_000 });
    const change = () => app.send('PATCH', `/studies/experiments/${NAME}`, { percentEnabled: 50 });
    expect((await change()).status).toBeGreaterThanOrEqual(500);
    await pause(500);
    await server.setReadOnly(false);
    await vi.waitFor(async () => expect((await change()).status).toBe(200), { timeout: 10_000 });
    await load.end();
    await isComplete(app);
  });

  it('without tables, says which migrations to run, and goes on when they have', async () => {
    const app = await building({ migrationsRun: false }).start();
    const load = new Load(app);
    await pause(300);
    expect(app.failures.map(({ error }) => error)).toMatchObject([
      {
        code: 'SCHEMA_MISSING',
        message:
          'The table "studies_experiment" is not in the database, or is older than this version, so that no experiment runs. ' +
          'Add the migrations to the data source, "migrations: [...STUDIES_MIGRATIONS]", and run them.',
      },
    ]);
    await source.runMigrations();
    await running(app);
    await load.end();
    await isComplete(app);
  });

  describe('and the version before, which made rows that know less,', () => {
    const before = async (name: string) => {
      const { driver } = source;
      const columns = ['name', 'percent_enabled', 'subjects', 'version', 'created_at', 'updated_at'].map((one) =>
        driver.escape(one),
      );
      await source.query(
        `INSERT INTO studies_experiment (${columns.join(', ')}) VALUES ('${name}', 100, '[]', 1, ${Date.now()}, ${Date.now()})`,
      );
    };

    it('shares its schema: those rows are run, changed and counted', async () => {
      await source.runMigrations();
      await before(NAME);
      const app = await building({ migrationsRun: false }).start();
      await running(app);
      const row = (await app.experiments.find(NAME)) as ExperimentEntity;
      expect(row).toMatchObject({
        guardrails: {},
        haltedAt: null,
        ignorePaths: [],
        epoch: 0,
        targetRate: 0.001,
        confidence: 0.95,
      });
      await before('of the version before');
      await vi.waitFor(async () => expect(await app.experiments.find('of the version before')).toBeDefined());
      expect(await app.experiments.update(NAME, { guardrails: { minRuns: 7 } })).toMatchObject({ guardrails: { minRuns: 7 } });
      expect(app.failures).toEqual([]);
      await isComplete(app);
    });

    it('has a schema that is too old for this one, which says so, runs controls alone, and goes on when it is new', async () => {
      const [first] = STUDIES_MIGRATIONS;
      const old = await new DataSource({ ...server.options(), migrations: first === undefined ? [] : [first] }).initialize();
      await old.runMigrations();
      await old.destroy();
      await before(NAME);
      const app = await building({ migrationsRun: false }).start();
      const load = new Load(app);
      await pause(300);
      expect(app.results.runs()).toBe(0);
      expect(app.failures.map(({ error }) => error)).toMatchObject([{ code: 'SCHEMA_MISSING' }]);
      await source.runMigrations();
      await running(app);
      await load.end();
      await isComplete(app);
    });
  });

  it('beside a clock that steps back by an hour, counts all', async () => {
    const app = await building().start();
    await running(app, 5);
    await app.whenIdle();
    const last = (await app.experiments.find(NAME))?.lastRunAt;
    const { now } = Date;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);
    onTestFinished(() => clock.mockRestore());
    await running(app, 10);
    await isComplete(app);
    expect(app.failures).toEqual([]);
    expect((await app.experiments.find(NAME))?.lastRunAt).toEqual(last);
  });
});
