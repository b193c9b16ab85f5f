import { jitter } from '../base/jitter.js';
import type { ExperimentRegistry } from '../experiment/run/experiment-registry.js';
import type { ExperimentRunner } from '../experiment/run/experiment-runner.js';
import { chain, type MaybePromise } from '../base/maybe-promise.js';
import { settlesWithin } from '../base/settles-within.js';
import type { ChangeFeed } from './change-feed.js';
import { versionStamp, type ExperimentRow, type RunTimes } from '../storage/experiment-row.js';
import type { ExperimentStorage } from '../storage/experiment.storage.js';
import { HeldOff, type Hold } from './held-off.js';
import { compactRow, type KnownExperiment } from './known-experiment.js';
import { KnownExperiments } from './known-experiments.js';
import { SpacedCalls } from './spaced-calls.js';
import type { Access, StorageHealth } from '../database/storage-health.js';

/** Longest time, in ms, that the start of the application waits for the storage. Then it goes on, with experiments off until it answers. */
const START_LIMIT = 5_000;

/** Number of new experiments for each of which the storage is asked at once, and the time in which further ones are stored together, in ms. */
const [NEW_AT_ONCE, NEW_TOGETHER] = [20, 100];

/**
 * Copy of the stored experiments in this process. Calls read memory only. The cache keeps the copy up to date, and writes the
 * times of runs in batches.
 */
export class ExperimentCache {
  private readonly known = new KnownExperiments();
  private readonly held = new HeldOff();
  private readonly additions = new SpacedCalls(() => void this.refresh(), NEW_AT_ONCE, NEW_TOGETHER);
  private timer: NodeJS.Timeout | undefined;
  private refreshing: Promise<void> | undefined;
  private writing: Promise<void> = Promise.resolve();
  private isStarted = false;
  private isStopped = false;
  private isDue = false;
  private hasRead = false;
  /** Number of changes made by this process. A load that began before a change doesn't contain it. */
  private changes = 0;
  /** Digest of the storage's state at the last read. */
  private digest: string | undefined;

  /** @param interval time between two refreshes, in ms */
  constructor(
    private readonly registry: ExperimentRegistry,
    private readonly storage: ExperimentStorage,
    private readonly feed: ChangeFeed,
    private readonly health: StorageHealth,
    private readonly interval: number,
  ) {}

  /** Loads the experiments, stores new ones, and keeps refreshing. Doesn't fail: without storage, all experiments are off. */
  async start(): Promise<void> {
    this.isStarted = true;
    await settlesWithin(START_LIMIT, Promise.resolve(this.refresh()));
    this.schedule();
    this.feed.start(() => void this.refresh());
  }

  /** Stops refreshing, and writes pending run times. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.additions.stop();
    clearTimeout(this.timer);
    await Promise.all([this.flush(), this.feed.stop()]);
  }

  /** Returns an experiment as this process knows it. */
  find(name: string): KnownExperiment | undefined {
    return this.known.get(name);
  }

  /** Applies the stored settings to a new experiment, or has it stored. */
  add(runner: ExperimentRunner): void {
    const known = this.known.get(runner.name);
    if (known !== undefined) runner.obey(this.held.applied(known));
    // The first call of an experiment arrives in its caller's context.
    else if (this.isStarted && !this.isStopped) this.registry.own.run(() => this.additions.request());
  }

  /** Applies a change of this process at once, and notifies the others. */
  put(row: ExperimentRow): void {
    this.changed();
    this.known.put(compactRow(row));
    this.obeyKnown(row.name);
  }

  /** Drops an experiment that this process has removed. */
  drop({ name, id }: Pick<ExperimentRow, 'name' | 'id'>): void {
    this.changed();
    this.known.drop(name, id);
    this.obeyKnown(name);
  }

  /**
   * Turns an experiment off in this process at once. It stays off, whatever is read meanwhile, until the hold is released or
   * somebody changes the experiment.
   *
   * @param version version that is meant; without it, any version made before
   * @returns undefined if the experiment is not known here, or is newer than the version that is meant
   */
  hold(name: string, version: number | undefined): { hold: Hold; known: KnownExperiment } | undefined {
    const known = this.known.get(name);
    if (known === undefined || known.version > (version ?? known.version)) return undefined;
    const hold = { name, id: known.id, version: version ?? known.version, isExact: version !== undefined, at: Date.now() };
    this.held.add(hold);
    this.obeyKnown(name);
    return { hold, known };
  }

  /** Ends a hold, and applies the known settings again. */
  release(hold: Hold): void {
    this.held.delete(hold);
    this.obeyKnown(hold.name);
  }

  /** Writes the times of runs, after a write that is under way. Times that can't be written are kept for the next attempt. */
  flush(): Promise<void> {
    this.writing = this.registry.own.run(() => this.writing.then(() => this.write()));
    return this.writing;
  }

  private changed(): void {
    this.changes += 1;
    this.feed.announce();
  }

  private async write(): Promise<void> {
    const times = this.takeTimes();
    if (times.length === 0) return;
    try {
      await this.storage.ran(times);
      this.health.success('writing');
    } catch (error) {
      this.health.failure('writing', error);
      for (const { name, first, last } of times) this.registry.find(name)?.state.times.noteBetween(first, last);
    }
  }

  /** Reads the stored state, after a refresh that is under way. */
  private refresh(): MaybePromise<void> {
    if (this.refreshing !== undefined) {
      this.isDue = true;
      return this.refreshing;
    }
    const refreshed = this.synchronize();
    if (!(refreshed instanceof Promise)) return;
    this.refreshing = refreshed.then(() => {
      this.refreshing = undefined;
      if (!this.isDue || this.isStopped) return;
      this.isDue = false;
      return this.refresh();
    });
    return this.refreshing;
  }

  private tried(access: Access, act: () => MaybePromise<void>): MaybePromise<void> {
    const failed = (error: unknown) => {
      // An answer after shutdown, when connections are gone, doesn't matter.
      if (!this.isStopped) this.health.failure(access, error);
    };
    try {
      const acted = act();
      if (acted instanceof Promise) return acted.then(() => this.health.success(access), failed);
      this.health.success(access);
    } catch (error) {
      failed(error);
    }
  }

  private synchronize(): MaybePromise<void> {
    return chain(
      this.tried('reading', () => this.read()),
      () => {
        const wanted = this.registry.all().filter(({ name, sampler }) => sampler.isWanted && !this.known.has(name));
        if (wanted.length > 0 && this.hasRead) return this.tried('writing', () => this.create(wanted));
      },
    );
  }

  /** Reads the changes since the last read, if there are any. */
  private read(): MaybePromise<void> {
    const { changes } = this;
    return chain(this.storage.digest(), (digest) => {
      if (digest === this.digest) return;
      return chain(this.load(), (experiments) => {
        if (changes !== this.changes) return this.read();
        this.obey(experiments);
        this.digest = digest;
      });
    });
  }

  /** Returns all experiments. Unchanged ones are not read again. */
  private load(): MaybePromise<readonly KnownExperiment[]> {
    const byId = new Map(Array.from(this.known.all(), (experiment) => [experiment.id, experiment]));
    if (byId.size === 0) return chain(this.storage.load(), (rows) => rows.map(compactRow));
    return chain(this.storage.stamps(), (stamps) => {
      const same: KnownExperiment[] = [];
      const others: number[] = [];
      for (const { id, stamp } of stamps) {
        const known = byId.get(id);
        if (known !== undefined && versionStamp(known) === stamp) same.push(known);
        else others.push(id);
      }
      return chain(this.storage.loadSome(others), (rows) => [...same, ...rows.map(compactRow)]);
    });
  }

  private create(wanted: readonly ExperimentRunner[]): MaybePromise<void> {
    const experiments = wanted.map((runner) => ({ name: runner.name, percentEnabled: this.registry.firstPercent(runner) }));
    return chain(this.storage.create(experiments), () => this.read());
  }

  private obey(experiments: readonly KnownExperiment[]): void {
    this.hasRead = true;
    this.known.replace(experiments);
    for (const runner of this.registry.all()) {
      const known = this.known.get(runner.name);
      if (known !== undefined) runner.obey(this.held.applied(known));
      else if (!runner.sampler.isWanted) runner.obey(undefined);
    }
  }

  private obeyKnown(name: string): void {
    const known = this.known.get(name);
    this.registry.find(name)?.obey(known && this.held.applied(known));
  }

  private schedule(): void {
    if (this.isStopped) return;
    // Jitter: processes that were started together don't query together.
    const wait = jitter(this.interval);
    this.timer = setTimeout(() => void this.tick(), wait);
    this.timer.unref();
  }

  private async tick(): Promise<void> {
    await this.flush();
    await this.refresh();
    this.schedule();
  }

  private takeTimes(): RunTimes[] {
    return this.registry.all().flatMap((runner) => {
      const times = runner.takeTimes();
      return times === undefined ? [] : [{ name: runner.name, ...times }];
    });
  }
}
