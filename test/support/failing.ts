import { Controller, Get } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { expect, vi } from 'vitest';
import { Experiment, STUDIES_MIGRATIONS } from '../../lib/index.js';
import { anApp, type AppBuilder, type RunningApp } from './app.js';
import type { PrivateServer } from './servers.js';

/** The experiment of an application whose database fails. */
export const NAME = 'rates';

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

/** How an application's connection differs. */
export interface FailingOptions {
  readonly port?: number;
  readonly migrationsRun?: boolean;
  readonly extra?: object;
}

/** Begins an application with an experiment and a database that is going to fail. */
export function aFailingApp(
  server: PrivateServer,
  { port = server.port, migrationsRun = true, ...more }: FailingOptions = {},
): AppBuilder {
  return anApp()
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
}

/** Asks until the experiment has run so often. */
export async function running(app: RunningApp, runs = 1): Promise<void> {
  await vi.waitFor(
    async () => {
      await app.get('/rates');
      expect(app.results.runs()).toBeGreaterThanOrEqual(runs);
    },
    { timeout: 20_000, interval: 20 },
  );
}

/** That, once the database is back, nothing of what ran is missing, and that of each failure was told once. */
export async function isComplete(app: RunningApp, outages = 1): Promise<void> {
  await vi.waitFor(
    async () => {
      await app.whenIdle();
      const { runs, candidates } = await app.experiments.summary(NAME);
      expect([runs, candidates[0]?.counts.matched]).toEqual([app.results.runs(), app.results.runs()]);
    },
    { timeout: 25_000, interval: 100 },
  );
  expect(app.failures.filter(({ operation }) => operation !== 'storage')).toEqual([]);
  // It can be read, written, and recorded in, and has a history: each may have failed once.
  expect(app.failures.length).toBeLessThanOrEqual(4 * outages);
}

/** How long the longest answer may take, in ms: whoever waits for a database waits for seconds. */
const SOON = 1_000;

/** Time, in ms, between two measurements of how late timers are. */
const TICK = 10;

/** Requests from several clients, one after the other in each, until they are told to end. Every answer must be the control's. */
export class Load {
  private isEnded = false;
  private readonly clients: Promise<void>[];
  longest = 0;
  requests = 0;
  /** Time, in ms, for which nothing in this process ran when it was due, because the machine was busy. */
  private delayed = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly app: RunningApp) {
    let last = performance.now();
    this.timer = setInterval(() => {
      const now = performance.now();
      this.delayed += Math.max(now - last - TICK, 0);
      last = now;
    }, TICK);
    this.clients = Array.from({ length: 4 }, () => this.ask());
  }

  async end(): Promise<void> {
    this.isEnded = true;
    await Promise.all(this.clients);
    clearInterval(this.timer);
    expect(this.longest).toBeLessThan(SOON);
    expect(this.requests).toBeGreaterThan(20);
  }

  private async ask(): Promise<void> {
    while (!this.isEnded) {
      const begun = performance.now();
      const before = this.delayed;
      const { status, body } = await this.app.get('/rates');
      const taken = performance.now() - begun;
      this.requests += 1;
      expect([status, body]).toEqual([200, { rate: 7 }]);
      await pause(5);
      // The delay of the answer is measured by now, too.
      this.longest = Math.max(this.longest, taken - (this.delayed - before));
    }
  }
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
