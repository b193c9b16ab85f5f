import { MemoryEpochStorage } from './memory-epoch.storage.js';
import { MemoryRecordedResultStorage } from './memory-recorded-result.storage.js';
import { MemoryTallyStorage } from './memory-tally.storage.js';
import { RecordStorage } from '../record.storage.js';
import { WriterStorage, type TallyWriter } from '../writer.storage.js';

/** Keeps results in memory. */
export class MemoryRecordStorage extends RecordStorage {
  readonly tallies = new MemoryTallyStorage();
  readonly results = new MemoryRecordedResultStorage();
  readonly epochs = new MemoryEpochStorage();
  readonly writers = new MemoryWriterStorage();
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

  owned(): TallyWriter[] {
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
