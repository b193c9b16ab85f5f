import { RecordStorage, type NewSample, type Recorded, type SampleSelection, type TallyRow } from './record.storage.js';
import type { Sample } from './sample.js';

/** Keeps results in memory. */
export class MemoryRecordStorage extends RecordStorage {
  private tallies = new Map<string, TallyRow>();
  private kept: (NewSample & Sample)[] = [];
  private lastId = 0;

  write(rows: readonly TallyRow[]): void {
    for (const row of rows) {
      const { content: _, ...key } = row;
      this.tallies.set(JSON.stringify(key), row);
    }
  }

  totals(of: Recorded): TallyRow[] {
    return [...this.tallies.values()].filter((row) => row.tier === 'total' && isOf(row, of));
  }

  keep(samples: readonly NewSample[], limit: number): void {
    for (const sample of samples) {
      this.kept.unshift({ ...sample, id: (this.lastId += 1) });
      const own = this.kept.filter(({ experimentId }) => experimentId === sample.experimentId);
      const oneTooMany = own[limit];
      if (oneTooMany !== undefined) this.kept = this.kept.filter((other) => other !== oneTooMany);
    }
  }

  samples(of: Recorded, { outcome, candidate, limit, before = Infinity }: SampleSelection): Sample[] {
    return this.kept
      .filter((sample) => isOf(sample, of) && sample.id < before)
      .filter((sample) => outcome === undefined || sample.outcome === outcome)
      .filter((sample) => candidate === undefined || sample.candidate === candidate)
      .slice(0, limit)
      .map(publicOf);
  }

  sample(of: Recorded, id: number): Sample | undefined {
    const found = this.kept.find((sample) => isOf(sample, of) && sample.id === id);
    return found && publicOf(found);
  }

  forget(of: Recorded): void {
    const isPast = ({ experimentId, epoch }: Recorded) => experimentId === of.experimentId && epoch < of.epoch;
    this.tallies = new Map([...this.tallies].filter(([, row]) => !isPast(row)));
    this.kept = this.kept.filter((sample) => !isPast(sample));
  }

  tidy(): void {
    // A test is over before anything is too old.
  }
}

function isOf(kept: Recorded, of: Recorded): boolean {
  return kept.experimentId === of.experimentId && kept.epoch === of.epoch;
}

function publicOf({ experimentId: _id, epoch: _epoch, ...sample }: NewSample & Sample): Sample {
  return sample;
}
