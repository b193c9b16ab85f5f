import type { ExperimentRow } from '../../storage/experiment-row.js';
import type { SampleStorage } from './recorded-result.storage.js';
import type { TallyStorage } from './tally.storage.js';
import type { WriterStorage } from './writer.storage.js';

/** Whose results are meant: an experiment's, since they were last purged. */
export interface Recorded {
  readonly experimentId: number;
  readonly epoch: number;
}

/** Whose results are an experiment's. */
export function recordedOf({ id, epoch }: Pick<ExperimentRow, 'id' | 'epoch'>): Recorded {
  return { experimentId: id, epoch };
}

/** Where results are kept. Every process has its own, and they share what is in it. */
export abstract class RecordStorage {
  abstract readonly tallies: TallyStorage;
  abstract readonly samples: SampleStorage;
  abstract readonly writers: WriterStorage;
}
