import { RecordStorage, type Recorded } from './record.storage.js';
import type { Sample } from './sample.js';
import { SampleStorage, type SampleRow, type SampleSelection } from './sample.storage.js';
import { TallyStorage, type Series, type TallyRow } from './tally.storage.js';
import type { Tier } from './tier.js';
import { WriterStorage, type Writer } from './writer.storage.js';

/** Keeps results in memory. */
export class MemoryRecordStorage extends RecordStorage {
  readonly tallies = new MemoryTallyStorage();
  readonly samples = new MemorySampleStorage();
  readonly writers = new MemoryWriterStorage();
}

class MemoryTallyStorage extends TallyStorage {
  private readonly rows = new Map<string, TallyRow>();

  write(rows: readonly TallyRow[]): void {
    for (const row of rows) {
      const { experimentId, epoch, tier, startsAt, candidate, writer } = row;
      this.rows.set(JSON.stringify([experimentId, epoch, tier, startsAt, candidate, writer]), row);
    }
  }

  totals(of: Recorded): TallyRow[] {
    return this.all().filter((row) => row.tier === 'total' && isOf(row, of));
  }

  ofWriter(writer: number, experimentIds: readonly number[], minute: number): TallyRow[] {
    return this.all().filter(
      (row) =>
        row.writer === writer &&
        experimentIds.includes(row.experimentId) &&
        (row.tier === 'total' || (row.tier === 'minute' && row.startsAt >= minute)),
    );
  }

  seriesBefore(tier: Tier, time: number): Series[] {
    const found = this.all().filter((row) => row.tier === tier && row.startsAt < time);
    const series = found.map(({ experimentId, epoch, candidate }) => JSON.stringify({ experimentId, epoch, tier, candidate }));
    return [...new Set(series)].map((json) => JSON.parse(json) as Series); // they were
  }

  periods(of: Series, from: number, before: number): TallyRow[] {
    return this.all().filter((row) => isIn(row, of, from, before));
  }

  forget(of: Series, from: number, before: number): void {
    this.remove((row) => isIn(row, of, from, before));
  }

  forgetAll(experimentId: number, before = Infinity): void {
    this.remove((row) => row.experimentId === experimentId && row.epoch < before);
  }

  forgetOrphans(): void {
    // Nobody else can have written any.
  }

  private all(): TallyRow[] {
    return [...this.rows.values()];
  }

  private remove(isGone: (row: TallyRow) => boolean): void {
    for (const [key, row] of this.rows) if (isGone(row)) this.rows.delete(key);
  }
}

class MemorySampleStorage extends SampleStorage {
  private readonly rows = new Map<string, SampleRow>();

  keep(rows: readonly SampleRow[], limit: number): void {
    for (const row of rows) if (!this.rows.has(row.id)) this.rows.set(row.id, row);
    for (const experimentId of new Set(rows.map((row) => row.experimentId))) {
      const own = this.newestFirst().filter((row) => row.experimentId === experimentId);
      for (const { id } of own.slice(limit)) this.rows.delete(id);
    }
  }

  find(of: Recorded, { outcome, candidate, limit, before }: SampleSelection): Sample[] {
    return this.newestFirst()
      .filter((row) => isOf(row, of) && (before === undefined || row.id < before))
      .filter((row) => (outcome ?? row.outcome) === row.outcome && (candidate ?? row.candidate) === row.candidate)
      .slice(0, limit)
      .map(sampleOf);
  }

  get(of: Recorded, id: string): Sample | undefined {
    const row = this.rows.get(id);
    return row !== undefined && isOf(row, of) ? sampleOf(row) : undefined;
  }

  forgetAll(experimentId: number, before = Infinity): void {
    for (const row of this.rows.values()) {
      if (row.experimentId === experimentId && row.epoch < before) this.rows.delete(row.id);
    }
  }

  forgetOrphans(): void {
    // Nobody else can have written any.
  }

  private newestFirst(): SampleRow[] {
    return [...this.rows.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
  }
}

class MemoryWriterStorage extends WriterStorage {
  private readonly writers: { id: number; owner: string | undefined; beat: number }[] = [];

  claim(owner: string): number {
    const known =
      this.writers.find((writer) => writer.owner === owner) ?? this.writers.find((writer) => writer.owner === undefined);
    const writer = known ?? { id: this.writers.length + 1, owner, beat: 0 };
    if (known === undefined) this.writers.push(writer);
    writer.owner = owner;
    return writer.id;
  }

  beat(id: number, owner: string): boolean {
    const writer = this.of(id, owner);
    if (writer !== undefined) writer.beat += 1;
    return writer !== undefined;
  }

  owned(): Writer[] {
    return this.writers.flatMap(({ id, owner, beat }) => (owner === undefined ? [] : [{ id, owner, beat }]));
  }

  release(id: number, owner: string, beat?: number): void {
    const writer = this.of(id, owner);
    if (writer !== undefined && (beat ?? writer.beat) === writer.beat) writer.owner = undefined;
  }

  private of(id: number, owner: string) {
    return this.writers.find((writer) => writer.id === id && writer.owner === owner);
  }
}

function isOf(kept: Recorded, of: Recorded): boolean {
  return kept.experimentId === of.experimentId && kept.epoch === of.epoch;
}

function isIn(row: TallyRow, of: Series, from: number, before: number): boolean {
  return isOf(row, of) && row.tier === of.tier && row.candidate === of.candidate && row.startsAt >= from && row.startsAt < before;
}

function sampleOf({ experimentId: _id, epoch: _epoch, ...sample }: SampleRow): Sample {
  return sample;
}
