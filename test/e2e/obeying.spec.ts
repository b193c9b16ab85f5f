import { Injectable } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Experiment, STUDIES_MIGRATIONS } from '../../lib/index.js';
import { databasesFor, emptied, removed } from '../contract/databases.js';
import { anApp, type RunningApp } from '../support/app.js';

@Injectable()
class Rates {
  @Experiment({ name: 'rates', candidate: 'newRate' })
  rate(): number {
    return 7;
  }

  newRate(): number {
    return 7;
  }
}

const PREFIX = 'obeying_';
const { options } = (await databasesFor(PREFIX)).find(({ name }) => name === 'PostgreSQL') ?? {};

/** Whoever obeys within a minute's interval has been told. */
const NEVER = 60_000;

describe.runIf(options !== undefined)('a process on PostgreSQL', () => {
  let source: DataSource | undefined;
  beforeAll(async () => {
    if (options !== undefined) source = await emptied(options);
    await source?.runMigrations();
  });
  afterAll(() => removed(source));

  const start = (listen = true) =>
    anApp()
      .databases(
        TypeOrmModule.forRoot({
          ...options,
          entities: [],
          autoLoadEntities: true,
          migrations: [...STUDIES_MIGRATIONS],
          retryAttempts: 0,
        }),
      )
      .studies({ refreshInterval: NEVER, listen })
      .providers(Rates)
      .start();

  async function runs(app: RunningApp): Promise<number> {
    app.provider(Rates).rate();
    await app.whenIdle();
    return app.results.runs();
  }

  /** The processes that listen, as the server knows them. */
  async function listening(): Promise<number[]> {
    const rows = (await source?.query(`SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN studies_%'`)) as {
      pid: number;
    }[];
    return rows.map(({ pid }) => pid);
  }

  it('obeys at once what is set in another, and what is taken back', async () => {
    const [one, other] = [await start(), await start()];
    await vi.waitFor(async () => expect(await listening()).toHaveLength(2));

    await one.experiments.enable('rates');
    await vi.waitFor(async () => expect(await runs(other)).toBeGreaterThan(0), { timeout: 5_000 });
    await one.experiments.disable('rates');
    await vi.waitFor(async () => {
      const before = other.results.runs();
      expect(await runs(other)).toBe(before);
    });
    expect([...one.failures, ...other.failures]).toEqual([]);
  });

  it('listens again when its connection was lost, and has missed nothing', async () => {
    const [one, other] = [await start(), await start()];
    await one.experiments.disable('rates');
    await vi.waitFor(async () => expect(await listening()).toHaveLength(2));
    const before = await listening();

    await source?.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [before]);
    await one.experiments.enable('rates');
    await vi.waitFor(async () => expect(await runs(other)).toBeGreaterThan(0), { timeout: 10_000 });
    expect((await listening()).filter((pid) => before.includes(pid))).toEqual([]);
    expect([...one.failures, ...other.failures]).toEqual([]);
  });

  it('ends its connection with the application, and has none where it is not to listen', async () => {
    const app = await start();
    await vi.waitFor(async () => expect(await listening()).toHaveLength(1));
    await app.close();
    await vi.waitFor(async () => expect(await listening()).toEqual([]));
    const silent = await start(false);
    await silent.experiments.enable('rates');
    expect(await listening()).toEqual([]);
  });
});
