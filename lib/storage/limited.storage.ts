import type { MaybePromise } from '../base/maybe-promise.js';
import type { ExperimentRow, ExperimentSettings, NewExperiment, RunTimes } from './experiment-row.js';
import { ExperimentStorage, type ExperimentStamp } from './experiment.storage.js';
import { withStorageTimeout } from '../database/storage-timeout.js';
import { Statements } from '../database/statements.js';

/**
 * A storage with timeouts: each call answers in time or fails. Calls that only the library itself makes fail at once while an
 * earlier answer is overdue.
 */
export class LimitedStorage extends ExperimentStorage {
  private readonly statements = new Statements();

  constructor(private readonly storage: ExperimentStorage) {
    super();
  }

  digest(): MaybePromise<string> {
    return this.statements.run(() => this.storage.digest());
  }

  stamps(): MaybePromise<ExperimentStamp[]> {
    return this.statements.run(() => this.storage.stamps());
  }

  loadSome(ids: readonly number[]): MaybePromise<ExperimentRow[]> {
    return this.statements.run(() => this.storage.loadSome(ids));
  }

  load(): MaybePromise<ExperimentRow[]> {
    return this.statements.run(() => this.storage.load());
  }

  find(name: string): MaybePromise<ExperimentRow | undefined> {
    return withStorageTimeout(this.storage.find(name));
  }

  findSome(names: readonly string[]): MaybePromise<ExperimentRow[]> {
    return withStorageTimeout(this.storage.findSome(names));
  }

  create(experiments: readonly NewExperiment[]): MaybePromise<void> {
    return this.statements.run(() => this.storage.create(experiments));
  }

  update(name: string, version: number, settings: ExperimentSettings, at: Date): MaybePromise<boolean> {
    return withStorageTimeout(this.storage.update(name, version, settings, at));
  }

  remove(name: string, version: number): MaybePromise<boolean> {
    return withStorageTimeout(this.storage.remove(name, version));
  }

  countPurge(name: string, purges: number): MaybePromise<boolean> {
    return withStorageTimeout(this.storage.countPurge(name, purges));
  }

  ran(times: readonly RunTimes[]): MaybePromise<void> {
    return this.statements.run(() => this.storage.ran(times));
  }

  seen(names: readonly string[], at: Date): MaybePromise<void> {
    return this.statements.run(() => this.storage.seen(names, at));
  }
}
