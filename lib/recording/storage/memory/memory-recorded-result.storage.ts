import { isForgettable, isOf, NO_ORPHANS } from './memory-rows.js';
import type { RecordedResult } from '../recorded-result.js';
import { RecordedResultStorage, type RecordedResultRow, type RecordedResultSelection } from '../recorded-result.storage.js';
import type { ExperimentEpoch } from '../../recorded.js';

/** Keeps recorded results in memory. */
export class MemoryRecordedResultStorage extends RecordedResultStorage {
  private readonly rows = new Map<string, RecordedResultRow>();

  keep(rows: readonly RecordedResultRow[], limit: number): void {
    for (const row of rows) if (!this.rows.has(row.id)) this.rows.set(row.id, row);
    for (const experimentId of new Set(rows.map((row) => row.experimentId))) {
      const own = this.newestFirst().filter((row) => row.experimentId === experimentId);
      for (const { id } of own.slice(limit)) this.rows.delete(id);
    }
  }

  find(of: ExperimentEpoch, { outcome, candidate, limit, before }: RecordedResultSelection): RecordedResult[] {
    return this.newestFirst()
      .filter((row) => isOf(row, of) && (before === undefined || row.id < before))
      .filter((row) => (outcome ?? row.outcome) === row.outcome && (candidate ?? row.candidate) === row.candidate)
      .slice(0, limit)
      .map(copyResult);
  }

  get(experimentId: number, id: string): RecordedResultRow | undefined {
    const row = this.rows.get(id);
    return row?.experimentId === experimentId ? row : undefined;
  }

  forgettable(experimentId: number, kept: readonly number[]): number {
    return this.newestFirst().filter((row) => isForgettable(row, experimentId, kept)).length;
  }

  forgetSome(of: ExperimentEpoch): boolean {
    const own = this.newestFirst().filter((row) => isOf(row, of));
    for (const { id } of own) this.rows.delete(id);
    return own.length > 0;
  }

  orphans(): ExperimentEpoch[] {
    return NO_ORPHANS;
  }

  private newestFirst(): RecordedResultRow[] {
    return [...this.rows.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
  }
}

function copyResult({ experimentId: _id, epoch: _epoch, ...sample }: RecordedResultRow): RecordedResult {
  return sample;
}
