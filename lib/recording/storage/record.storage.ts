import type { EpochStorage } from './epoch.storage.js';
import type { RecordedResultStorage } from './recorded-result.storage.js';
import type { TallyStorage } from './tally.storage.js';
import type { WriterStorage } from './writer.storage.js';

/**
 * Keeps what is recorded of experiments. Each process has an instance of its own, and all of them share the data.
 * `recordStorageContract` of `nestjs-studies/testing` tests its rules.
 *
 * @publicApi
 */
export abstract class RecordStorage {
  /** Counts and distributions. */
  abstract readonly tallies: TallyStorage;

  /** Single results with the values of both sides. */
  abstract readonly results: RecordedResultStorage;

  /** States of code that results belong to. */
  abstract readonly epochs: EpochStorage;

  /** Numbers under which processes write their tallies. */
  abstract readonly writers: WriterStorage;
}
