import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { STUDIES_MIGRATIONS } from '../../lib/index.js';
import { aFailingApp, isComplete, Load, NAME, pause, running, type FailingOptions } from '../support/failing.js';
import { Proxy } from '../support/proxy.js';
import { privateMariaDb, privatePostgres, type PrivateServer } from '../support/servers.js';

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
    for (const table of ['experiment', 'tally', 'sample', 'epoch', 'writer', 'change']) {
      await source.query(`DROP TABLE IF EXISTS studies_${table}`);
    }
    await source.query('DROP TABLE IF EXISTS migrations');
    await source.destroy();
  });

  const building = (options?: FailingOptions) => aFailingApp(server, options);

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

  it('restarted twice, obeys afterwards, and tells of it, but not at each attempt', async () => {
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
    const app = await building({ extra: server.name === 'PostgreSQL' ? { max: 2 } : { connectionLimit: 2 } }).start();
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
