import type { RecordedResultStorage } from './recorded-result.storage.js';
import type { TallyStorage } from './tally.storage.js';
import type { WriterStorage } from './writer.storage.js';

/** Where results are kept. Every process has its own, and they share what is in it. */
export abstract class RecordStorage {
  abstract readonly tallies: TallyStorage;
  abstract readonly results: RecordedResultStorage;
  abstract readonly writers: WriterStorage;
}
