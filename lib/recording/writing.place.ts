import { randomUUID } from 'node:crypto';
import { inTime } from '../storage/in-time.js';
import type { WriterStorage } from './writer.storage.js';

/** A writer that this process has, until it has another. */
export interface Place {
  readonly writer: number;
}

/**
 * Sees to it that this process has a writer whenever it writes. A process that has not written for long has lost it to others, and
 * gets another.
 */
export class WritingPlace {
  private readonly owner = randomUUID();
  private place: Place | undefined;

  constructor(private readonly storage: WriterStorage) {}

  /** The writer that this process had when it last asked. */
  get current(): number | undefined {
    return this.place?.writer;
  }

  /** The place to write at: the same object for as long as nobody else can have had it. */
  async hold(): Promise<Place> {
    const { place, owner, storage } = this;
    if (place !== undefined && (await inTime(storage.beat(place.writer, owner)))) return place;
    // What a claim whose answer is lost has got is another place, even if it is the same writer.
    this.place = undefined;
    this.place = { writer: await inTime(storage.claim(owner)) };
    return this.place;
  }

  /** Leaves it to others. */
  async leave(): Promise<void> {
    const { place } = this;
    this.place = undefined;
    if (place !== undefined) await inTime(this.storage.release(place.writer, this.owner));
  }
}
