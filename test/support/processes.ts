import { afterEach, vi } from 'vitest';
import { SilentFeed } from '../../lib/sync/change-feed.js';
import { ExperimentCatalog } from '../../lib/operations/experiment-catalog.js';
import type { ExperimentRow, ExperimentSettings, RunTimes } from '../../lib/storage/experiment-row.js';
import { ExperimentStorage, type ExperimentStamp } from '../../lib/storage/experiment.storage.js';
import { ExperimentCache } from '../../lib/sync/experiment-cache.js';
import { ExperimentHistory } from '../../lib/operations/history/experiment-history.js';
import { MemoryHistoryStorage } from '../../lib/operations/history/history.storage.js';
import { MemoryStorage } from '../../lib/storage/memory.storage.js';
import { StorageHealth } from '../../lib/database/storage-health.js';
import { TurningOff } from '../../lib/operations/turning-off.js';
import { ExperimentRegistry } from '../../lib/experiment/run/experiment-registry.js';

/** ms between two looks at what is stored. */
export const INTERVAL = 1_000;

/** A storage that answers later, as databases do, and that can be away. */
export class SlowStorage extends ExperimentStorage {
  readonly statements: string[] = [];
  failure: Error | undefined;
  /** Awaited before each answer. */
  gate: Promise<void> = Promise.resolve();

  constructor(private readonly shared = new MemoryStorage()) {
    super();
  }

  digest(): Promise<string> {
    return this.answer('digest', () => this.shared.digest());
  }
  stamps(): Promise<ExperimentStamp[]> {
    return this.answer('stamps', () => this.shared.stamps());
  }
  loadSome(ids: readonly number[]): Promise<ExperimentRow[]> {
    return this.answer('loadSome', () => this.shared.loadSome(ids));
  }
  load(): Promise<ExperimentRow[]> {
    return this.answer('load', () => this.shared.load());
  }
  find(name: string): Promise<ExperimentRow | undefined> {
    return this.answer('find', () => this.shared.find(name));
  }
  findSome(names: readonly string[]): Promise<ExperimentRow[]> {
    return this.answer('findSome', () => this.shared.findSome(names));
  }
  create(experiments: readonly { name: string; percentEnabled: number }[]): Promise<void> {
    return this.answer('create', () => this.shared.create(experiments));
  }
  update(name: string, version: number, settings: ExperimentSettings, at: Date): Promise<boolean> {
    return this.answer('update', () => this.shared.update(name, version, settings, at));
  }
  remove(name: string, version: number): Promise<boolean> {
    return this.answer('remove', () => this.shared.remove(name, version));
  }
  countPurge(name: string, purges: number): Promise<boolean> {
    return this.answer('countPurge', () => this.shared.countPurge(name, purges));
  }
  ran(times: readonly RunTimes[]): Promise<void> {
    return this.answer('ran', () => this.shared.ran(times));
  }
  seen(names: readonly string[], at: Date): Promise<void> {
    return this.answer('seen', () => this.shared.seen(names, at));
  }

  private async answer<Value>(statement: string, act: () => Value): Promise<Value> {
    this.statements.push(statement);
    const { failure, gate } = this;
    if (failure !== undefined) throw failure;
    const value = act();
    await gate;
    return value;
  }
}

/** One process of an application, without the application. */
export interface Process {
  storage: SlowStorage;
  registry: ExperimentRegistry;
  view: ExperimentCache;
  catalog: ExperimentCatalog;
  turningOff: TurningOff;
  told: string[];
}

const processes: Process[] = [];

/** One process of an application, on a storage that it may share. */
export function processOn(shared = new MemoryStorage()): Process {
  const storage = new SlowStorage(shared);
  const registry = new ExperimentRegistry();
  const told: string[] = [];
  const health = new StorageHealth(
    (error) => told.push((error as Error).message),
    () => told.push('recovered'),
  );
  const view = new ExperimentCache(registry, storage, new SilentFeed(), health, INTERVAL);
  registry.complete({ defaults: [], report: () => {}, publish: () => {}, added: (runner) => view.add(runner) }, new Map());
  const turningOff = new TurningOff(registry.own, view, health, (error) => told.push((error as Error).message));
  const started = {
    storage,
    registry,
    view,
    catalog: new ExperimentCatalog(storage, view, new ExperimentHistory(new MemoryHistoryStorage(), health), turningOff),
    turningOff,
    told,
  };
  processes.push(started);
  return started;
}

/** Whether the next call of an experiment could be drawn. */
export const isOn = ({ registry }: Process, name: string) => !registry.runner(name, 0).isOff();

afterEach(async () => {
  for (const { view, storage } of processes.splice(0)) {
    storage.gate = Promise.resolve();
    await view.stop();
  }
  vi.useRealTimers();
});
