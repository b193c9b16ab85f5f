import { randomUUID } from 'node:crypto';
import type { Statements } from '../../database/statements.js';
import type { WriterStorage } from '../storage/writer.storage.js';

/** A writer that this process has, until it has another. */
export interface Place {
  readonly writer: number;
}

/**
 * Sees to it that this process has a writer whenever it writes. A process that has not written for long has lost it to others, and
 * gets another.
 */
export class WriterLease {
  private readonly owner = randomUUID();
  private place: Place | undefined;

  constructor(
    private readonly storage: WriterStorage,
    private readonly statements: Statements,
  ) {}

  /** The writer that this process had when it last asked. */
  get current(): number | undefined {
    return this.place?.writer;
  }

  /** The place to write at: the same object for as long as nobody else can have had it. */
  async hold(): Promise<Place> {
    const { place, owner, storage, statements } = this;
    if (place !== undefined && (await statements.run(() => storage.beat(place.writer, owner)))) return place;
    // What a claim whose answer is lost has got is another place, even if it is the same writer.
    this.place = undefined;
    this.place = { writer: await statements.run(() => storage.claim(owner)) };
    return this.place;
  }

  /** Leaves it to others. */
  async leave(): Promise<void> {
    const { place, owner, storage, statements } = this;
    this.place = undefined;
    if (place !== undefined) await statements.run(() => storage.release(place.writer, owner));
  }
}
