import { SEEN_LATELY } from '../../../storage/experiment.storage.js';
import { isSameEpoch, type EpochRow, type NewEpoch } from '../../epoch.js';
import type { ExperimentEpoch } from '../../recorded.js';
import { EpochStorage } from '../epoch.storage.js';
import { NO_ORPHANS } from './memory-rows.js';

/** Keeps epochs in memory. */
export class MemoryEpochStorage extends EpochStorage {
  private rows: EpochRow[] = [];
  private lastNumber = 0;

  enter(epochs: readonly NewEpoch[], at: Date): EpochRow[] {
    return epochs.map((key) => this.rows.find((row) => isSameEpoch(row, key)) ?? this.add(key, at));
  }

  of(experimentIds: readonly number[]): EpochRow[] {
    return this.rows.filter(({ experimentId }) => experimentIds.includes(experimentId));
  }

  seen(numbers: readonly number[], at: Date): void {
    const isLate = ({ seenAt }: EpochRow) => Math.abs(at.getTime() - seenAt.getTime()) > SEEN_LATELY;
    this.rows = this.rows.map((row) => (numbers.includes(row.number) && isLate(row) ? { ...row, seenAt: at } : row));
  }

  remove(numbers: readonly number[]): void {
    this.rows = this.rows.filter(({ number }) => !numbers.includes(number));
  }

  crowded(limit: number): number[] {
    const counts = new Map<number, number>();
    for (const { experimentId } of this.rows) counts.set(experimentId, (counts.get(experimentId) ?? 0) + 1);
    return [...counts].flatMap(([experimentId, count]) => (count > limit ? [experimentId] : []));
  }

  orphans(): ExperimentEpoch[] {
    return NO_ORPHANS;
  }

  private add({ experimentId, purges, release, fingerprint, salt }: NewEpoch, at: Date): EpochRow {
    const row = { number: (this.lastNumber += 1), experimentId, purges, release, fingerprint, salt, begunAt: at, seenAt: at };
    this.rows.push(row);
    return row;
  }
}
