import { randomUUID } from 'node:crypto';
import type { Statements } from '../../database/statements.js';
import type { WriterStorage } from '../storage/writer.storage.js';

/** A writer number that this process holds, until it gets another. */
export interface Place {
  readonly writer: number;
}

/**
 * Holds a writer number for this process whenever it writes. A process that has not written for long has lost its number to
 * others, and gets another one.
 */
export class WriterLease {
  private readonly owner = randomUUID();
  private place: Place | undefined;

  constructor(
    private readonly storage: WriterStorage,
    private readonly statements: Statements,
  ) {}

  /** Writer number from the last call of `hold()`, if any. */
  get current(): number | undefined {
    return this.place?.writer;
  }

  /** Returns the place to write at. It is the same object for as long as no other process can have held the number. */
  async hold(): Promise<Place> {
    const { place, owner, storage, statements } = this;
    if (place !== undefined && (await statements.run(() => storage.beat(place.writer, owner)))) return place;
    // A claim whose response is lost counts as another place, even if it got the same number.
    this.place = undefined;
    this.place = { writer: await statements.run(() => storage.claim(owner)) };
    return this.place;
  }

  /** Releases the writer number to others. */
  async leave(): Promise<void> {
    const { place, owner, storage, statements } = this;
    this.place = undefined;
    if (place !== undefined) await statements.run(() => storage.release(place.writer, owner));
  }
}
