import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RunningApp } from '../support/app.js';
import { REQUIRED } from '../contract/databases.js';
import { aFailingApp, isComplete, Load, NAME, pause, running } from '../support/failing.js';
import { privateMariaDb, privatePostgres, type PrivateServer } from '../support/servers.js';
import { whyNoSmallDisk } from '../support/small-disk.js';

const ADDRESS = `/studies/experiments/${NAME}`;

/** MariaDB takes a while to use up what it has set aside. */
const PATIENCE = { timeout: 60_000, interval: 50 };

/** A change for which space is needed in any case, since nothing can compress it. */
const large = () => ({ subjects: Array.from({ length: 500 }, () => randomBytes(40).toString('hex')) });

const noDisk = await whyNoSmallDisk();

/** Tests on a server that has a small disk. Where there can be none they are told of as not run, or fail if they are required. */
async function suite(title: string, make: () => Promise<PrivateServer | undefined>, tests: (server: PrivateServer) => void) {
  const server = noDisk === undefined ? await make() : undefined;
  const reason = noDisk ?? (server === undefined ? 'its programs are not on this machine' : '');
  if (server === undefined && REQUIRED) {
    throw new Error(
      `The tests of ${title} are required, and can't be run: ${reason}. ` +
        'Run them as root, in a container with CAP_SYS_ADMIN, where the servers of both databases are installed.',
    );
  }
  describe.runIf(server !== undefined)(server === undefined ? `${title} (not run: ${reason})` : title, () => {
    if (server === undefined) return it('is left out', () => undefined);
    beforeAll(() => server.start());
    afterAll(() => server.remove());
    tests(server);
  });
}

/** Sees to it that each change of a row needs space: as long as somebody reads what was, nothing that is replaced is given back. */
async function readAll(app: RunningApp) {
  const reader = app.dataSource().createQueryRunner();
  await reader.startTransaction('REPEATABLE READ');
  await reader.query('SELECT * FROM studies_experiment');
  onTestFinished(() => reader.release());
}

for (const [database, make, code] of [
  ['PostgreSQL', privatePostgres, '53100'],
  ['MariaDB', privateMariaDb, 'ER_RECORD_FILE_FULL'],
] as const) {
  const made = () => make({ smallDisk: 'data' });
  await suite(`a ${database} whose disk is full`, made, (server) => {
    it('is read, told of once, changed by nobody, and given all that was counted when it has space', async () => {
      const app = await aFailingApp(server).start();
      await running(app);
      await readAll(app);
      const load = new Load(app);
      server.fillDisk();
      onTestFinished(() => server.freeDisk());
      await vi.waitFor(() => expect(app.failures.length).toBeGreaterThan(0), PATIENCE);

      const { status, body } = await app.send('PATCH', ADDRESS, large());
      expect([status, body]).toMatchObject([
        503,
        { message: expect.stringContaining('Nothing is known to have changed; try again.') },
      ]);
      expect((await app.get(ADDRESS)).body).toMatchObject({ subjects: [], version: 1 });
      expect((await app.get(`${ADDRESS}/summary`)).status).toBe(200);
      const before = app.results.runs();
      await pause(3_000);
      expect(app.results.runs()).toBeGreaterThan(before);
      for (const { error } of app.failures) expect(error).toMatchObject({ code });

      server.freeDisk();
      await vi.waitFor(async () => expect((await app.send('PATCH', ADDRESS, large())).status).toBe(200), PATIENCE);
      await load.end();
      await isComplete(app);
      expect((await app.get(`${ADDRESS}/history`)).body).toMatchObject({ items: [{ kind: 'changed' }] });
    }, 150_000);
  });
}

await suite(
  'a PostgreSQL whose log is full',
  () => privatePostgres({ smallDisk: 'log' }),
  (server) => {
    it('ends, and is given all that was counted when it has space and is started again', async () => {
      const app = await aFailingApp(server).start();
      await running(app);
      const load = new Load(app);
      server.fillDisk();
      onTestFinished(() => server.freeDisk());
      const ended = server.ended();
      // What somebody else writes is more than there is room for.
      await expect(server.query("SELECT pg_logical_emit_message(false, '', repeat('x', 20000000))")).rejects.toThrow();
      await ended;
      const before = app.results.runs();
      await pause(500);
      expect(app.results.runs()).toBeGreaterThan(before);
      expect((await app.send('PATCH', ADDRESS, { percentEnabled: 50 })).status).toBe(503);
      server.freeDisk();
      await server.start();
      await load.end();
      await isComplete(app);
    }, 150_000);
  },
);
