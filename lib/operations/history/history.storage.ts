import type { MaybePromise } from '../../base/maybe-promise.js';
import type { ChangeRecord } from './change-record.js';

/**
 * Keeps the history of experiments, which outlives them. `historyStorageContract` of `nestjs-studies/testing` tests its rules.
 *
 * @publicApi
 */
export abstract class HistoryStorage {
  /**
   * Adds changes, then removes the oldest of each of their experiments until at most `limit` are left. Leaves a change whose id exists as it
   * is: a write that was not confirmed is repeated.
   */
  abstract keep(records: readonly ChangeRecord[], limit: number): MaybePromise<void>;

  /**
   * Gives the changes of an experiment, those with the greatest ids first.
   *
   * @param limit the most changes to give
   * @param before only changes whose id is smaller than this one
   */
  abstract find(experiment: string, limit: number, before?: string): MaybePromise<ChangeRecord[]>;
}

/** Keeps the history in memory. */
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
