import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { STUDIES_MIGRATIONS } from '../../lib/index.js';
import { TypeOrmTallyStorage } from '../../lib/recording/storage/typeorm/typeorm-tally.storage.js';
import { databasesFor, emptied, removed } from '../contract/databases.js';
import { anApp, type RunningApp } from '../support/app.js';
import { databaseFile } from '../support/files.js';

const databases = await databasesFor('pooled_');
const NAME = 'rates';
const PROCESSES = 6;

/** One of several processes with the same experiment. */
class Process {
  candidates = 0;

  private constructor(readonly app: RunningApp) {}

  static async start(database: DataSourceOptions): Promise<Process> {
    const { entities: _entities, ...options } = database;
    const module = TypeOrmModule.forRoot({
      ...options,
      migrations: [...STUDIES_MIGRATIONS],
      migrationsRun: true,
      autoLoadEntities: true,
    });
    return new Process(await anApp().databases(module).studies({ refreshInterval: 50, flushInterval: 50 }).start());
  }

  /** Makes a call, and writes. */
  async call(isGood = false): Promise<void> {
    const rate = this.app.experiments.run({
      name: NAME,
      percentEnabled: 100,
      control: () => 7,
      candidate: () => {
        this.candidates += 1;
        if (!isGood) throw new Error('there is no such rate');
        return 7;
      },
    });
    expect(rate).toBe(7);
    await this.app.whenIdle();
  }

  row() {
    return this.app.experiments.find(NAME);
  }
}

/** Has each process make one call after the other, until the experiment is stopped. Gives how many candidates were run. */
async function untilStopped(processes: readonly Process[]): Promise<number> {
  const before = total(processes);
  for (let round = 0; round < 30; round += 1) {
    for (const one of processes) await one.call();
    if ((await processes[0]?.row())?.haltedAt != null) return total(processes) - before;
  }
  throw new Error('It was not stopped.');
}

/** Waits until each runs the experiment. */
async function obeyed(processes: readonly Process[]): Promise<void> {
  for (const one of processes) {
    await vi.waitFor(async () => {
      const before = one.candidates;
      await one.call(true);
      expect(one.candidates).toBe(before + 1);
    });
  }
}

function total(processes: readonly Process[]): number {
  return processes.reduce((sum, { candidates }) => sum + candidates, 0);
}

for (const { name, options } of databases) {
  describe.runIf(options !== undefined)(`a candidate that fails in several processes on ${name}`, () => {
    let source: DataSource | undefined;
    afterEach(() => removed(source));

    async function started(): Promise<Process[]> {
      const database = { ...options } as DataSourceOptions; // there is one
      if (database.type === 'better-sqlite3') Object.assign(database, { database: await databaseFile() });
      source = await emptied(database);
      const processes: Process[] = [];
      for (let index = 0; index < PROCESSES; index += 1) processes.push(await Process.start(database));
      await obeyed(processes);
      return processes;
    }

    it('is stopped after some twenty failures in all, and anew after each change', { timeout: 60_000 }, async () => {
      const processes = await started();
      const [one] = processes as [Process];
      await one.app.experiments.update(NAME, { percentEnabled: 100, guardrails: { errorRate: 0.5 } });
      await obeyed(processes);

      // By itself, each would need 20.
      expect(await untilStopped(processes)).toBeLessThan(8 * PROCESSES);
      expect((await one.row())?.haltReason).toMatch(
        /^Candidate "candidate": \d+ of (the last )?\d+ runs in several processes failed or timed out: "errorRate" allows 50 %\.$/,
      );

      await one.app.experiments.setPercentEnabled(NAME, 100);
      await obeyed(processes);
      await one.call();
      expect((await one.row())?.haltedAt).toBeNull();
    });

    it('is asked for by one statement for each writing after a failure, and by none otherwise', { timeout: 60_000 }, async () => {
      const processes = await started();
      const [one] = processes as [Process];
      const others = vi.spyOn(TypeOrmTallyStorage.prototype, 'others');
      onTestFinished(() => others.mockRestore());
      for (let call = 0; call < 5; call += 1) await one.call(true);
      expect(others).not.toHaveBeenCalled();
      for (let call = 0; call < 5; call += 1) await one.call();
      expect(others.mock.calls.length).toBeGreaterThan(0);
      expect(others.mock.calls.length).toBeLessThanOrEqual(5);
    });
  });
}
