import { once } from 'node:events';
import { createServer } from 'node:net';
import { Controller, Get, Query } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Experiment, StudiesError, StudiesModule } from '../../lib/index.js';
import { anApp, sqlite, type RunningApp } from '../support/app.js';
import { EMPTY_DATABASES, emptyPostgres, type EmptyDatabase } from '../support/empty-databases.js';
import { Proxy } from '../support/proxy.js';

@Controller('search')
class SearchController {
  @Get()
  @Experiment({ name: 'search', candidate: 'searchV2', percentEnabled: 100 })
  search(@Query('q') q: string) {
    return { found: q };
  }

  searchV2(q: string) {
    return { found: q.toUpperCase() };
  }
}

const QUICK = { refreshInterval: 20, flushInterval: 20, admin: { public: true } } as const;

/** An application without data sources of its own. */
function start({ options }: Pick<EmptyDatabase, 'options'>, more: object = {}): Promise<RunningApp> {
  const database = { ...options, ...more };
  return anApp()
    .databases()
    .studies({ ...QUICK, database })
    .controllers(SearchController)
    .start();
}

async function runsOf(app: RunningApp): Promise<number> {
  return (await app.experiments.summary('search')).runs;
}

async function search(app: RunningApp, times = 1): Promise<void> {
  for (let time = 0; time < times; time += 1) expect((await app.get('/search?q=lyon')).body).toEqual({ found: 'lyon' });
}

const messagesOf = (app: RunningApp) => app.failures.map(({ error }) => (error as Error).message);

describe.each(Object.entries(EMPTY_DATABASES))('a database of the library’s own, on %s', (_, makeEmpty) => {
  it('gets its tables, and keeps what is run and set through a restart', async () => {
    const empty = await makeEmpty();
    const first = await start(empty);
    await search(first, 3);
    await first.whenIdle();
    expect(await first.experiments.summary('search')).toMatchObject({ runs: 3, candidates: [{ counts: { mismatched: 3 } }] });
    expect((await first.send('PATCH', '/studies/experiments/search', { percentEnabled: 0 })).status).toBe(200);
    await search(first, 2);
    await first.close();

    const second = await start(empty);
    await search(second, 2);
    expect(await second.experiments.find('search')).toMatchObject({ percentEnabled: 0, version: 2 });
    expect(await runsOf(second)).toBe(3);
    expect([...first.failures, ...second.failures]).toEqual([]);
  });

  it('writes the last runs at the end of the application', async () => {
    const empty = await makeEmpty();
    const app = await start(empty);
    await search(app, 5);
    await app.close();
    const [row] = await empty.query<{ runs: unknown }>(
      `SELECT runs FROM ${empty.before}studies_tally WHERE tier = 'total' AND candidate <> ''`,
    );
    expect(Number(row?.runs ?? -1)).toBe(5);
    expect(app.failures).toEqual([]);
  });

  it('is no data source that the application could get', async () => {
    const app = await start(await makeEmpty());
    expect(() => app.provider(DataSource)).toThrow();
  });

  it('gets its tables once where processes start at the same time', async () => {
    const empty = await makeEmpty();
    const apps = await Promise.all(Array.from({ length: 4 }, () => start(empty)));
    for (const app of apps) await search(app);
    await Promise.all(apps.map((app) => app.whenIdle()));
    expect(apps.flatMap(messagesOf)).toEqual([]);
    expect(await runsOf(apps[0] as RunningApp)).toBe(4);
    const migrations = await empty.query(`SELECT name FROM ${empty.before}studies_migrations`);
    expect(migrations).toHaveLength(1);
  });

  it('gets no tables with "migrationsRun: false", and the message says what to do', async () => {
    const app = await start(await makeEmpty(), { migrationsRun: false });
    await search(app);
    expect(messagesOf(app)).toEqual([expect.stringContaining('The table "')]);
    expect(messagesOf(app)[0]).toContain('run them');
  });

  it('stands beside the data source of an application that has one', async () => {
    const { options } = await makeEmpty();
    const app = await anApp()
      .databases(sqlite({ migrationsRun: false }))
      .studies({ ...QUICK, database: options })
      .controllers(SearchController)
      .start();
    await search(app, 2);
    await app.whenIdle();
    expect(await runsOf(app)).toBe(2);
    expect(app.dataSource().entityMetadatas).toEqual([]);
  });
});

describe.runIf('PostgreSQL' in EMPTY_DATABASES)('a database of the library’s own that fails', () => {
  const portOf = ({ options }: EmptyDatabase) => Number(new URL((options as { url: string }).url).port);

  it('lets the application start at once, is reported once, and is used as soon as it is there', async () => {
    const target = portOf(await emptyPostgres());
    const held = createServer().listen(0, '127.0.0.1');
    await once(held, 'listening');
    const { port } = held.address() as { port: number };
    held.close();

    const begun = performance.now();
    const app = await start(await emptyPostgres(port));
    expect(performance.now() - begun).toBeLessThan(2_500);
    await search(app, 2);
    expect(messagesOf(app)).toEqual([
      expect.stringMatching(/^The database of StudiesModule can’t be opened: connect ECONNREFUSED .*Check the option "database"/),
    ]);

    const proxy = await Proxy.to(target, port);
    onTestFinished(() => proxy.close());
    await vi.waitFor(
      async () => {
        await search(app);
        await app.whenIdle();
        expect(await runsOf(app)).toBeGreaterThan(0);
      },
      { timeout: 10_000, interval: 50 },
    );
    expect(app.failures).toHaveLength(1);
  });

  it('lets the application start, and end, though the server says nothing', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const app = await start(await emptyPostgres((silent.address() as { port: number }).port), { connectTimeoutMS: 300 });
    await search(app);
    expect(messagesOf(app)[0]).toContain('can’t be opened');
    await app.close();
  });

  it('loses its connections, and neither the application nor a later run', async () => {
    const empty = await emptyPostgres();
    const app = await start(empty);
    await search(app);
    await app.whenIdle();
    const name = (empty.options as { applicationName: string }).applicationName;
    const ended = await empty.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${name}'`);
    expect(ended.length).toBeGreaterThan(0);
    await vi.waitFor(
      async () => {
        await search(app);
        await app.whenIdle();
        expect(await runsOf(app)).toBeGreaterThan(1);
      },
      { timeout: 10_000, interval: 50 },
    );
    await app.close();
    expect(await empty.query(`SELECT pid FROM pg_stat_activity WHERE application_name = '${name}'`)).toEqual([]);
  });

  it('refuses its tables: what the user lacks is reported', async () => {
    const empty = await emptyPostgres();
    const { schema, url } = empty.options as { schema: string; url: string };
    await empty.query(`CREATE ROLE ${schema} LOGIN`);
    onTestFinished(async () => {
      await empty.query(`DROP OWNED BY ${schema}; DROP ROLE ${schema}`);
    });
    const poor = new URL(url);
    poor.username = schema;
    const app = await start({ options: { ...empty.options, url: poor.href } as EmptyDatabase['options'] });
    await search(app);
    expect(messagesOf(app)).toEqual([
      expect.stringMatching(
        /^The tables of StudiesModule can’t be created in its database: permission denied .*migrationsRun: false/,
      ),
    ]);
  });
});

describe('the options of a database of the library’s own', () => {
  /** What the start fails with. */
  const failureOf = (options: object): Promise<unknown> =>
    anApp()
      .databases()
      .studies(options)
      .start()
      .catch((error: unknown) => error);

  it.each([
    [{ database: { type: 'oracle' } }, '"type" must be one of "postgres", "mysql", "mariadb", "better-sqlite3"'],
    [{ database: {} }, '"type" must be one of'],
    [{ database: 'postgres://host/name' }, '"database" must be an object such as { type: "postgres", url }'],
    [{ database: { type: 'postgres', url: undefined } }, '"url" must be an address. If it comes from the environment'],
    [{ database: { type: 'postgres', url: 'prisma+postgres://accelerate' } }, '"url" must begin with "postgres://" or'],
    [{ database: { type: 'better-sqlite3', url: 'file:a' } }, '"url" must be left out: the file of a SQLite database'],
    [{ database: { type: 'better-sqlite3' } }, '"database" must be the path of a file'],
    [{ database: { type: 'postgres', synchronize: true, entities: [] } }, '"entities" must be left out, because the library'],
    [{ database: { type: 'postgres' }, dataSource: 'studies' }, 'name "dataSource" and "database", but experiments are stored'],
    [{ database: { type: 'postgres' }, storage: 'memory' }, '"storage" must be a class'],
  ])('%j are refused', async (options, message) => {
    const failure = await failureOf(options);
    expect(failure).toBeInstanceOf(StudiesError);
    expect(failure).toMatchObject({ code: 'INVALID_OPTIONS', message: expect.stringContaining(message) as string });
  });

  it('are in part a factory’s', async () => {
    const empty = await (EMPTY_DATABASES['PostgreSQL'] ?? EMPTY_DATABASES['SQLite'])?.();
    const { admin, ...others } = QUICK;
    const { type, ...rest } = empty?.options ?? { type: 'postgres' as const };
    const app = await anApp()
      .databases()
      .studiesModule(() =>
        StudiesModule.forRootAsync({ admin, database: { type }, useFactory: () => ({ ...others, database: rest }) }),
      )
      .controllers(SearchController)
      .start();
    await search(app);
    expect(await app.experiments.find('search')).toMatchObject({ percentEnabled: 100 });
  });

  it('can’t be a factory’s alone', async () => {
    const late = anApp()
      .databases(sqlite())
      .studiesModule(() => StudiesModule.forRootAsync({ useFactory: () => ({ database: { type: 'postgres' } }) }));
    await expect(late.start()).rejects.toThrow('must be known earlier. Name its type beside the factory');
  });
});
