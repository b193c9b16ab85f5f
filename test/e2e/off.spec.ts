import { Injectable } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Experiment, STUDIES_MIGRATIONS } from '../../lib/index.js';
import { databasesFor, emptied, removed } from '../contract/databases.js';
import { anApp, PLATFORMS, type Platform, type RunningApp } from '../support/app.js';
import { pause } from '../support/failing.js';

const PREFIX = 'off_';
const REPLICA = 'studies_off_replica';
const { options } = (await databasesFor(PREFIX)).find(({ name }) => name === 'PostgreSQL') ?? {};

@Injectable()
class Search {
  ran = 0;

  @Experiment({ name: 'search', candidate: 'searchV2', percentEnabled: 100 })
  search(): number {
    return 1;
  }

  searchV2(): number {
    this.ran += 1;
    return 1;
  }
}

describe.runIf(options !== undefined)('an experiment that is turned off over HTTP', () => {
  const given = options as DataSourceOptions & { url: string }; // runIf has looked
  let other: DataSource;

  beforeEach(async () => {
    other = await emptied(given);
    await other.runMigrations();
  });
  afterEach(() => removed(other));

  const start = (more: object = {}, platform: Platform = 'express') =>
    anApp(platform)
      .databases(
        TypeOrmModule.forRoot({
          ...given,
          entities: [],
          autoLoadEntities: true,
          migrations: [...STUDIES_MIGRATIONS],
          retryAttempts: 0,
          ...more,
        }),
      )
      .studies({ refreshInterval: 20, flushInterval: 50, admin: { public: true } })
      .providers(Search)
      .start();

  const patch = (app: RunningApp, percentEnabled: number) => app.send('PATCH', '/studies/experiments/search', { percentEnabled });

  /** How many of some calls, over several looks at what is stored, run the candidate. */
  async function runsOf(app: RunningApp, calls = 20): Promise<number> {
    const search = app.provider(Search);
    search.ran = 0;
    for (let call = 0; call < calls; call += 1) {
      search.search();
      await pause(10);
    }
    return search.ran;
  }

  it.each(PLATFORMS)('is off at once, and says that it is not stored, while there is no connection, on %s', async (platform) => {
    const app = await start({ poolSize: 3 }, platform);
    await vi.waitFor(async () => expect(await runsOf(app, 1)).toBeGreaterThan(0));
    const taken: QueryRunner[] = [];
    for (let index = 0; index < 3; index += 1) {
      const runner = app.dataSource().createQueryRunner();
      taken.push(runner);
      await runner.connect();
    }
    const answer = patch(app, 0);
    // What is sent needs a moment to be there, and is not answered before the database has been given up for now.
    await pause(300);
    expect(await runsOf(app, 5)).toBe(0);
    const { status, body } = await answer;
    expect([status, body]).toMatchObject([202, { name: 'search', percentEnabled: 0, enabled: false, stored: false, version: 1 }]);
    for (const runner of taken) await runner.release();
    await vi.waitFor(async () => {
      expect(await other.query(`SELECT percent_enabled::int AS percent, version FROM ${PREFIX}studies_experiment`)).toEqual([
        { percent: 0, version: 2 },
      ]);
    });
    expect(await runsOf(app)).toBe(0);
    expect((await patch(app, 50)).status).toBe(200);
    await app.whenIdle();
    expect(await app.experiments.history('search')).toMatchObject({
      items: [{ after: { percentEnabled: 50 } }, { before: { percentEnabled: 100 }, after: { percentEnabled: 0 } }],
    });
  });

  it('is off, and can be turned on and off, where queries come from a cache', async () => {
    await other.query(`DROP TABLE IF EXISTS ${PREFIX}cache`);
    const before = await start();
    await vi.waitFor(async () => expect(await runsOf(before, 1)).toBeGreaterThan(0));
    await before.close();
    const app = await start({ cache: { alwaysEnabled: true, duration: 60_000, tableName: `${PREFIX}cache` } });
    await app.dataSource().queryResultCache?.synchronize();
    await vi.waitFor(async () => expect(await runsOf(app, 1)).toBeGreaterThan(0));
    for (const percent of [0, 50, 0]) {
      expect(await patch(app, percent)).toMatchObject({ status: 200, body: { percentEnabled: percent } });
    }
    expect(await runsOf(app)).toBe(0);
    await other.query(`DROP TABLE IF EXISTS ${PREFIX}cache`);
  });

  describe('where the application reads from a replica that lags behind', () => {
    let replica: DataSource;
    beforeEach(async () => {
      await other.query(`DROP DATABASE IF EXISTS ${REPLICA}`);
      await other.query(`CREATE DATABASE ${REPLICA}`);
      const url = given.url.replace(/\/\w+$/, `/${REPLICA}`);
      replica = await new DataSource({ ...given, url } as DataSourceOptions).initialize();
      await replica.runMigrations();
    });
    afterEach(async () => {
      await replica.destroy();
      await other.query(`DROP DATABASE ${REPLICA} WITH (FORCE)`);
    });

    const replicated = () => ({
      url: undefined,
      replication: {
        master: { url: given.url },
        slaves: [{ url: given.url.replace(/\/\w+$/, `/${REPLICA}`) }],
        defaultMode: 'slave',
      },
    });

    it('is off, and can be changed again, whatever the replica says', async () => {
      const app = await start(replicated());
      await vi.waitFor(async () => expect(await runsOf(app, 1)).toBeGreaterThan(0));
      const columns = `id, name, percent_enabled, subjects, target_rate, confidence, min_span, purges, version, created_at, updated_at`;
      await replica.query(
        `INSERT INTO ${PREFIX}studies_experiment (${columns}) VALUES (1, 'search', 100, '[]', 0.001, 0.95, 24, 0, 1, 1, 1)`,
      );
      expect(await patch(app, 0)).toMatchObject({ status: 200, body: { percentEnabled: 0, version: 2 } });
      expect(await runsOf(app)).toBe(0);
      expect(await patch(app, 50)).toMatchObject({ status: 200, body: { percentEnabled: 50, version: 3 } });
      expect(await patch(app, 0)).toMatchObject({ status: 200, body: { percentEnabled: 0, version: 4 } });
      expect(await runsOf(app)).toBe(0);
      expect((await app.get('/studies/experiments/search')).body).toMatchObject({ percentEnabled: 0, version: 4 });
    });

    it('does not begin to run when it was never on', async () => {
      await other.query(
        `INSERT INTO ${PREFIX}studies_experiment (name, percent_enabled, subjects, target_rate, confidence, min_span, purges, version, created_at, updated_at)
         VALUES ('search', 0, '[]', 0.001, 0.95, 24, 0, 1, 1, 1)`,
      );
      await replica.query(
        `INSERT INTO ${PREFIX}studies_experiment (id, name, percent_enabled, subjects, target_rate, confidence, min_span, purges, version, created_at, updated_at)
         VALUES (1, 'search', 100, '[]', 0.001, 0.95, 24, 0, 7, 1, 1)`,
      );
      const app = await start(replicated());
      expect(await patch(app, 0)).toMatchObject({ status: 200, body: { percentEnabled: 0 } });
      expect(await runsOf(app)).toBe(0);
    });
  });
});
