import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource, DataSourceOptions, Logger } from 'typeorm';
import { afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  STUDIES_MIGRATIONS,
  type ExperimentService,
  type StudiesModuleOptions,
  type ExperimentSummary,
} from '../../lib/index.js';
import { Evidence } from '../../lib/recording/evidence/evidence.js';
import type { EvidenceContent } from '../../lib/recording/evidence/evidence-content.js';
import { TallyEntity } from '../../lib/recording/storage/tally.entity.js';
import { databasesFor, emptied, removed } from '../contract/databases.js';
import { anApp, type RunningApp } from '../support/app.js';
import { databaseFile } from '../support/files.js';

const databases = await databasesFor('processes_');
const worker = fileURLToPath(new URL('processes/worker.js', import.meta.url));
const built = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

beforeAll(() => {
  if (!existsSync(built))
    throw new Error('The processes need the built package: "npm run build" makes it, and "npm test" begins with that.');
});

/** What a process says of itself. */
interface Said {
  readonly isReady?: true;
  readonly isClosed?: true;
  readonly made?: number;
  readonly at?: number;
}

/** A process that runs an experiment. */
class Worker {
  readonly said: Said[] = [];
  private readonly process;

  constructor(options: {
    database: DataSourceOptions;
    experiment: string;
    calls?: number;
    flushInterval: number;
    release?: string;
  }) {
    const { entities: _entities, migrations: _migrations, ...database } = options.database;
    this.process = fork(worker, [JSON.stringify({ ...options, database })], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.process.on('message', (said: Said) => this.said.push(said));
    onTestFinished(() => void this.process.kill('SIGKILL'));
  }

  async ready(): Promise<void> {
    await vi.waitFor(() => expect(this.said.length + Number(this.process.exitCode !== null)).toBeGreaterThan(0), 30_000);
    expect(this.said[0]).toEqual({ isReady: true });
  }

  begin(): void {
    this.process.send('begin');
  }

  /** How many calls it has made, once it has closed cleanly. */
  async closed() {
    if (this.process.exitCode === null) await once(this.process, 'exit');
    const last = this.said.at(-1);
    expect(last).toMatchObject({ isClosed: true });
    return last?.made ?? 0;
  }

  /** Kills it without a warning, and gives how many calls it had made at least some ms before, and at the end. */
  async killed(before: number) {
    const at = Date.now();
    this.process.kill('SIGKILL');
    await once(this.process, 'exit');
    const calls = (until: number) => this.said.filter((said) => (said.at ?? Infinity) <= until).at(-1)?.made ?? 0;
    return { before: calls(at - before), end: calls(Infinity - 1) };
  }
}

/** How often a call was made for an experiment, by what came of it. */
function counted({ runs, candidates }: ExperimentSummary) {
  const [{ counts, skipped } = { counts: {}, skipped: {} }] = candidates;
  const sum = (of: object) => Object.values(of).reduce<number>((total, count) => total + Number(count), 0);
  return { runs, outcomes: sum(counts), skipped: sum(skipped), all: sum(counts) + sum(skipped) };
}

/** An application that has its experiments in a database. */
function application(database: DataSourceOptions, studies: StudiesModuleOptions = {}): Promise<RunningApp> {
  const { entities: _entities, ...options } = database;
  const module = TypeOrmModule.forRoot({
    ...options,
    migrations: [...STUDIES_MIGRATIONS],
    migrationsRun: true,
    autoLoadEntities: true,
  });
  return anApp().databases(module).studies(studies).start();
}

/** Has experiments stored, and turned on. */
async function turnedOn({ experiments }: RunningApp, ...names: string[]): Promise<void> {
  for (const name of names) experiments.run({ name, control: () => 1, candidate: () => 1 });
  await vi.waitFor(async () => expect((await experiments.findAll()).items.length).toBe(names.length));
  // Nothing is stopped, however often it fails.
  const guardrails = { errorRate: null, blockedFor: null };
  for (const name of names) await experiments.update(name, { percentEnabled: 100, guardrails });
}

for (const { name, options } of databases) {
  describe.runIf(options !== undefined)(`processes that record on ${name}`, () => {
    let source: DataSource | undefined;
    afterEach(() => removed(source));

    it('count each release on its own while it takes the place of another', { timeout: 60_000 }, async () => {
      if (options === undefined) return;
      const database: DataSourceOptions =
        options.type === 'better-sqlite3' ? { ...options, database: await databaseFile() } : options;
      source = await emptied(database);
      const first = await application(database, { release: '0' });
      await turnedOn(first, 'checkout');
      await first.close();

      const workers = ['1', '2', '1', '2'].map(
        (release) => new Worker({ database, experiment: 'checkout', calls: 500, flushInterval: 25, release }),
      );
      await Promise.all(workers.map((one) => one.ready()));
      for (const one of workers) one.begin();
      await Promise.all(workers.map((one) => one.closed()));

      const fresh = await application(database, { release: '2' });
      const epochs = await fresh.experiments.epochs('checkout');
      expect(epochs.map(({ release }) => release).sort()).toEqual(['1', '2']);
      expect(new Set(epochs.map(({ fingerprint }) => fingerprint)).size).toBe(1);
      for (const { number, current } of epochs) {
        const summary = await fresh.experiments.summary('checkout', { epoch: number });
        expect(counted(summary)).toMatchObject({ all: 1_000, outcomes: summary.runs });
        if (current) expect(await fresh.experiments.summary('checkout')).toEqual(summary);
      }
    });

    it(
      'count every call once, and one that is killed loses no more than it has counted in one interval',
      { timeout: 60_000 },
      async () => {
        if (options === undefined) return;
        const database: DataSourceOptions =
          options.type === 'better-sqlite3' ? { ...options, database: await databaseFile() } : options;
        source = await emptied(database);
        const first = await application(database);
        await turnedOn(first, 'checkout', 'killed');
        await first.close();

        const four = Array.from(
          { length: 4 },
          () => new Worker({ database, experiment: 'checkout', calls: 2_000, flushInterval: 25 }),
        );
        const flushInterval = 1_000;
        const fifth = new Worker({ database, experiment: 'killed', flushInterval });
        const workers = [...four, fifth];
        await Promise.all(workers.map((one) => one.ready()));
        for (const one of workers) one.begin();
        const made = await Promise.all(four.map((one) => one.closed()));
        // It is alone now: what was begun on a busy machine has been written.
        await pause(2 * flushInterval);
        const lost = await fifth.killed(flushInterval);

        const fresh = await application(database);
        const summary = await fresh.experiments.summary('checkout');
        const [candidate] = summary.candidates;
        const calls = made.reduce((sum, one) => sum + one);
        expect(calls).toBe(8_000);
        expect(counted(summary)).toMatchObject({ all: calls, outcomes: summary.runs });
        // A fifth of the calls is made for each of these, and fewer where too many were in flight.
        const { matched, mismatched, errored, timedOut } = candidate?.counts ?? {};
        for (const count of [matched, mismatched, errored, timedOut, candidate?.skipped.runIf]) {
          expect(count).toBeGreaterThan(20);
          expect(count).toBeLessThanOrEqual(calls / 5);
        }
        expect(candidate?.skipped.maxConcurrent).toBeGreaterThan(20);

        // All that ran is evidence, once.
        const rows = await fresh
          .dataSource()
          .getRepository(TallyEntity)
          .findBy({ tier: 'total', candidate: candidate?.name ?? '' });
        const ids = [...new Set(rows.map((row) => row.experimentId))];
        const evidence = ids.map((id) => {
          const merged = new Evidence();
          for (const row of rows)
            if (row.experimentId === id) merged.merge(Evidence.from(JSON.parse(row.evidence ?? '') as EvidenceContent)); // as it was written
          return merged;
        });
        const differing = [mismatched, errored, timedOut].reduce<number>((sum, count) => sum + (count ?? 0), 0);
        expect(evidence).toContainEqual(expect.objectContaining({ runs: summary.runs, differing }));

        const killed = counted(await fresh.experiments.summary('killed'));
        expect(lost.before).toBeGreaterThan(500);
        expect(killed.all).toBeGreaterThanOrEqual(lost.before);
        expect(killed.outcomes).toBe(killed.runs);
      },
    );
  });
}

/** Remembers statements. */
class Statements implements Logger {
  readonly all: string[] = [];

  logQuery(query: string): void {
    this.all.push(query);
  }

  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}

/** Makes calls of all kinds. */
async function makeCalls(experiments: ExperimentService, calls: number): Promise<void> {
  const call = experiments.wrap({
    name: 'checkout',
    control: (index: number) => index,
    candidate: (index) => {
      if (index % 4 === 1) throw new Error('thrown');
      return index % 4 === 2 ? -index : index;
    },
    runIf: ({ args: [index] }) => index % 4 !== 3,
    maxConcurrent: 1_000,
  });
  for (let index = 0; index < calls; index += 1) {
    call(index);
    if (index % 100 === 99) await new Promise(setImmediate);
  }
}

describe('a writing', () => {
  it('has as many statements after 10 000 calls as after 10', async () => {
    const statements = async (calls: number) => {
      const logger = new Statements();
      const database: DataSourceOptions = { type: 'better-sqlite3', database: ':memory:', logger, logging: true };
      const app = await application(database, { flushInterval: 3_600_000, refreshInterval: 3_600_000 });
      await turnedOn(app, 'checkout');
      await makeCalls(app.experiments, 4);
      await app.whenIdle();
      const { length } = logger.all;
      await makeCalls(app.experiments, calls);
      await app.whenIdle();
      // That the experiment is there is said some time after it is new, whatever is called.
      const written = logger.all.slice(length).filter((statement) => !statement.includes('seen_at'));
      const summary = await app.experiments.summary('checkout');
      expect(counted(summary).all).toBe(calls + 4);
      return written.map((statement) => statement.replace(/\s.*/s, '')).sort();
    };
    const few = await statements(10);
    expect(await statements(10_000)).toEqual(few);
    expect(few.length).toBeLessThan(8);
  });
});

/** A way to a server that can be interrupted: what is connected is cut off, and nobody gets through. */
class Way {
  private readonly sockets = new Set<Socket>();
  private isOpen = true;
  private readonly server: Server;

  constructor({ hostname, port }: URL) {
    this.server = createServer((near) => {
      if (!this.isOpen) return near.destroy();
      const far = connect(Number(port), hostname);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
        one.pipe(other);
      }
      return undefined;
    });
  }

  /** Begins to listen, and gives the port. */
  async listen(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    onTestFinished(() => {
      this.cut();
      this.server.close();
    });
    return (this.server.address() as AddressInfo).port; // it listens on one
  }

  cut(): void {
    this.isOpen = false;
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  mend(): void {
    this.isOpen = true;
  }
}

const postgres = databases.find(({ name }) => name === 'PostgreSQL')?.options;

describe('a database that is away', () => {
  it.runIf(postgres !== undefined)('loses nothing, and is told of once', { timeout: 60_000 }, async () => {
    const options = {
      ...(postgres as Extract<DataSourceOptions, { type: 'postgres' }>),
      entityPrefix: 'away_',
      migrationsTableName: 'away_migrations',
    }; // runIf has looked
    const source = await emptied(options);
    onTestFinished(() => removed(source));
    const url = new URL(options.url ?? '');
    const way = new Way(url);
    const port = await way.listen();
    url.host = `127.0.0.1:${port}`;

    const app = await application({ ...options, url: url.href, logging: false }, { flushInterval: 20, refreshInterval: 50 });
    await turnedOn(app, 'checkout');
    const told = () => app.failures.filter(({ operation }) => operation === 'storage').length;
    let calls = 0;
    for (let times = 0; times < 3; times += 1) {
      for (let part = 0; part < 50; part += 1) {
        if (part === 20) way.cut();
        if (part === 40) way.mend();
        await makeCalls(app.experiments, 20);
        calls += 20;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await vi.waitFor(async () => expect(counted(await app.experiments.summary('checkout')).all).toBe(calls), 20_000);
    }
    expect(told()).toBeGreaterThan(0);
    // At most once for reading, for writing and for what is recorded, each time.
    expect(told()).toBeLessThanOrEqual(9);
    await app.close();

    const fresh = await application(options);
    expect(counted(await fresh.experiments.summary('checkout')).all).toBe(calls);
  });
});
