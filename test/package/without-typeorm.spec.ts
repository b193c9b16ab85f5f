import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { Consumer } from './support/consumer.js';
import { OwnDatabase } from './support/own-database.js';
import type { Server } from './support/server.js';
import { Tarball } from './support/tarball.js';

const tarball = new Tarball(inject('tarball'));

const FOUND = [{ id: 1, title: 'Lyon' }];

describe.each([
  { client: 'prisma', on: 'CommonJS, Nest 11 and TypeORM 1' },
  { client: 'drizzle', on: 'ESM, Nest 12 and TypeORM 0.3' },
])('an application with $client, on $on, without @nestjs/typeorm', ({ client }) => {
  let workspace: string;
  let consumer: Consumer;
  let database: OwnDatabase;
  let server: Server;

  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), `nestjs-studies-${client}-`));
    const sources = ['without-typeorm/both', `without-typeorm/${client}`];
    consumer = await Consumer.install(client, tarball, workspace, sources);
    if (client === 'prisma') await consumer.generatePrisma();
    expect(await consumer.compile()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });
  afterAll(() => rm(workspace, { recursive: true, force: true }));

  beforeEach(async () => {
    database = await OwnDatabase.create(`studies_${client}`);
    await database.query('CREATE TABLE book (id integer PRIMARY KEY, title text NOT NULL)');
    await database.query(`INSERT INTO book VALUES (1, 'Lyon'), (2, 'lyon')`);
    server = await consumer.start('dist/main.js', `${database.url}?schema=public`);
  });
  afterEach(async () => {
    server.kill();
    await database.drop();
  });

  const turnOn = async (name: string) =>
    expect(await server.patch(`/studies/experiments/${name}`, { percentEnabled: 100 })).toBe(200);
  const find = async (times: number) => {
    for (let time = 0; time < times; time += 1) expect(await server.get('/books?title=Ly')).toEqual(FOUND);
  };
  const runsAre = (runs: number) =>
    vi.waitFor(async () => expect(await server.get('/studies/experiments/books/summary')).toMatchObject({ runs }), {
      timeout: 10_000,
      interval: 100,
    });
  const stored = async () => {
    const sql = `SELECT runs, mismatched FROM studies.studies_tally WHERE tier = 'total' AND candidate <> ''`;
    const rows = await database.query<Record<string, string>>(sql);
    return rows.map(({ runs, mismatched }) => [Number(runs), Number(mismatched)]);
  };

  it('has none of TypeORM’s module', () => {
    expect(consumer.has('@nestjs/typeorm')).toBe(false);
  });

  it('compares a candidate, and shows the difference over REST', async () => {
    await find(2);
    await turnOn('books');
    await find(20);
    await runsAre(20);
    expect(await server.get('/studies/experiments/books/summary')).toMatchObject({
      runs: 20,
      candidates: [{ counts: { mismatched: 20, matched: 0 }, differences: [{ path: '$[*]', kind: 'extra' }] }],
    });
    expect(server.stderr).toBe('');
  });

  it('never gives a candidate its caller’s transaction', async () => {
    await turnOn('books-in-transaction');
    expect(await server.get('/books/in-transaction?title=Ly')).toEqual(FOUND);
    await vi.waitFor(async () =>
      expect(await server.get('/studies/experiments/books-in-transaction/summary')).toMatchObject({
        runs: 0,
        skipped: { liveArguments: 1 },
      }),
    );
  });

  it('keeps the tables out of the schema of the application', async () => {
    const tables = await database.query(`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`);
    expect(tables).toEqual([{ name: 'book' }]);
  });

  it('lives on when all connections to the database end, and records again', async () => {
    await turnOn('books');
    await find(3);
    await runsAre(3);
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    // The application's own client may fail once for each of its connections.
    await vi.waitFor(() => find(1), { timeout: 10_000, interval: 50 });
    await vi.waitFor(
      async () => {
        await find(1);
        const { runs } = (await server.get('/studies/experiments/books/summary')) as { runs: number };
        expect(runs).toBeGreaterThan(4);
      },
      { timeout: 15_000, interval: 100 },
    );
  });

  it('writes the last runs when it is told to stop, and closes its connections', async () => {
    await turnOn('books');
    await find(15);
    await server.stop();
    expect(await stored()).toEqual([[15, 15]]);
    const open = `SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
    await vi.waitFor(async () => expect(await database.query(open)).toEqual([]));
    expect(server.stderr).toBe('');
  });
});
