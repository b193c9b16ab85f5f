import type { MaybePromise } from '../../base/maybe-promise.js';
import type { ChangeRecord } from './change-record.js';

/** Where the history of experiments is kept. */
export abstract class HistoryStorage {
  /** Keeps changes, and of each experiment only the last so many. One that is there already is left as it is. */
  abstract keep(records: readonly ChangeRecord[], limit: number): MaybePromise<void>;

  /** The changes of an experiment, the newest first; only those before one, if it is given. */
  abstract find(experiment: string, limit: number, before?: string): MaybePromise<ChangeRecord[]>;
}

/** Keeps it in memory. */
export class MemoryHistoryStorage extends HistoryStorage {
  private records: ChangeRecord[] = [];

  keep(records: readonly ChangeRecord[], limit: number): void {
    const known = new Set(this.records.map(({ id }) => id));
    this.records.push(...records.filter(({ id }) => !known.has(id)));
    for (const name of new Set(records.map(({ experiment }) => experiment))) {
      const gone = new Set(this.find(name, Infinity).slice(limit));
      this.records = this.records.filter((record) => !gone.has(record));
    }
  }

  find(experiment: string, limit: number, before?: string): ChangeRecord[] {
    return this.records
      .filter((record) => record.experiment === experiment && (before === undefined || record.id < before))
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, limit);
  }
}
