import { StudiesError } from '../base/errors.js';
import { withStorageTimeout } from '../database/storage-timeout.js';
import type { ExperimentCatalog } from '../operations/experiment-catalog.js';
import type { ExperimentEpoch } from '../recording/recorded.js';
import type { RecordStorage } from '../recording/storage/record.storage.js';
import type { Recorder } from '../recording/writing/recorder.js';
import type { ExperimentRow } from '../storage/experiment-row.js';
import { describeEpochs, type RecordedEpoch } from './recorded-epoch.js';

/** Epochs of experiments since their last purge, over all processes. */
export class ExperimentEpochs {
  constructor(
    private readonly catalog: ExperimentCatalog,
    private readonly storage: RecordStorage,
    private readonly recorder: Recorder,
  ) {}

  /**
   * Returns the epochs of an experiment, the newest first.
   *
   * @throws StudiesError `NOT_FOUND`
   */
  async list(name: string): Promise<RecordedEpoch[]> {
    const row = await this.catalog.get(name);
    return (await this.read([row])).get(row.id) ?? [];
  }

  /**
   * Returns one epoch of an experiment: that with the number, or else the current one. Undefined if nothing was recorded.
   *
   * @throws StudiesError `NOT_FOUND` when there is none with the number
   */
  async choose(row: ExperimentRow, number: number | undefined): Promise<RecordedEpoch | undefined> {
    return chooseEpoch(row, (await this.read([row])).get(row.id) ?? [], number);
  }

  /** Returns the epochs of experiments by their ids, the newest first. What this process has counted is written before. */
  async read(rows: readonly ExperimentRow[]): Promise<ReadonlyMap<number, RecordedEpoch[]>> {
    await this.recorder.flush();
    const found = await withStorageTimeout(this.storage.epochs.of(rows.map(({ id }) => id)));
    const epochs = rows.map(({ id, purges }) => {
      const own = found.filter((epoch) => epoch.experimentId === id && epoch.purges === purges);
      return [id, describeEpochs(own)] as const;
    });
    return new Map(epochs);
  }
}

/**
 * Chooses the epoch with a number, or else the current one.
 *
 * @throws StudiesError `NOT_FOUND` when there is none with the number
 */
export function chooseEpoch(
  { name }: ExperimentRow,
  epochs: readonly RecordedEpoch[],
  number: number | undefined,
): RecordedEpoch | undefined {
  const chosen = epochs.find((epoch) => (number === undefined ? epoch.current : epoch.number === number));
  if (chosen !== undefined || number === undefined) return chosen;
  const remedy = epochs.length === 0 ? 'Nothing is recorded of it.' : `It has ${epochs.map((epoch) => epoch.number).join(', ')}.`;
  throw new StudiesError('NOT_FOUND', `There is no epoch ${number} of experiment "${name}". ${remedy}`, { experiment: name });
}

/** Returns the identities of the results of an experiment's epochs. */
export function identifyEpochs({ id }: ExperimentRow, epochs: readonly RecordedEpoch[]): ExperimentEpoch[] {
  return epochs.map(({ number }) => ({ experimentId: id, epoch: number }));
}
