import { StudiesError } from '../base/errors.js';
import { check } from '../experiment/validation.js';
import type { ExperimentCatalog } from '../operations/experiment-catalog.js';
import type { ChangeOptions } from '../operations/history/change-record.js';
import type { ExperimentHistory } from '../operations/history/experiment-history.js';
import { withStorageTimeout } from '../database/storage-timeout.js';
import { sumTallies } from '../recording/tallies/sum-tallies.js';
import { purgeAll } from '../recording/storage/purge.js';
import type { RecordStorage } from '../recording/storage/record.storage.js';
import type { Recorder } from '../recording/writing/recorder.js';
import { SORTABLE_ID } from '../base/sortable-id.js';
import {
  recordedResultQuerySchema,
  type RecordedResult,
  type RecordedResultPage,
  type RecordedResultQuery,
} from '../recording/storage/recorded-result.js';
import type { KnownCode } from './known-code.js';
import type { MeasuredExperiment } from './measured-experiment.js';
import { summarise } from './summarise.js';
import type { ExperimentSummary } from './summary.js';
import { identifyResults, type EpochRow } from '../recording/epoch.js';
import { identifyEpochs, type ExperimentEpochs } from './experiment-epochs.js';

/** Parts that recorded results are read from and removed with. */
export interface ResultsParts {
  readonly catalog: ExperimentCatalog;
  readonly storage: RecordStorage;
  readonly epochs: ExperimentEpochs;
  readonly recorder: Recorder;
  readonly history: ExperimentHistory;
  readonly known: KnownCode;
}

/** Recorded results for operators, over all processes, as far as they have written their results. */
export class ExperimentResults {
  constructor(private readonly parts: ResultsParts) {}

  /**
   * @param epoch number of the epoch; by default, the current one
   * @throws StudiesError `NOT_FOUND`
   */
  async summary(name: string, epoch?: number): Promise<ExperimentSummary> {
    return (await this.measured(name, epoch)).summary;
  }

  /**
   * Returns an experiment with all that was measured of it in an epoch.
   *
   * @param epoch number of the epoch; by default, the current one
   * @throws StudiesError `NOT_FOUND`
   */
  async measured(name: string, epoch?: number): Promise<MeasuredExperiment> {
    const row = await this.parts.catalog.get(name);
    const chosen = await this.parts.epochs.choose(row, epoch);
    const of = identifyEpochs(row, chosen === undefined ? [] : [chosen]);
    const tallies = await sumTallies(await withStorageTimeout(this.parts.storage.tallies.totals(of)));
    const ignoredByCode = this.parts.known.ignoredPathsOf(name);
    // An earlier epoch may have had other candidates than the code of today.
    const known = epoch === undefined ? this.parts.known.candidatesOf(name) : [];
    return { row, tallies, summary: summarise(row, tallies, chosen, known, ignoredByCode), ignoredByCode };
  }

  /** @throws StudiesError `NOT_FOUND`, `INVALID_OPTIONS` */
  async results(name: string, query: RecordedResultQuery): Promise<RecordedResultPage> {
    const { limit = 20, cursor, outcome, candidate, epoch } = check(recordedResultQuerySchema, query, 'The query');
    const row = await this.parts.catalog.get(name);
    const chosen = await this.parts.epochs.choose(row, epoch);
    if (chosen === undefined) return { items: [], nextCursor: null };
    const selection = { outcome, candidate, before: cursor, limit: limit + 1 };
    const of = { experimentId: row.id, epoch: chosen.number };
    const found = await withStorageTimeout(this.parts.storage.results.find(of, selection));
    const items = found.slice(0, limit);
    return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  /**
   * Returns a result of whatever epoch.
   *
   * @throws StudiesError `NOT_FOUND`
   */
  async result(name: string, id: string): Promise<RecordedResult> {
    const row = await this.parts.catalog.get(name);
    const found = SORTABLE_ID.test(id) ? await withStorageTimeout(this.parts.storage.results.get(row.id, id)) : undefined;
    if (found !== undefined) {
      const { experimentId: _id, epoch, ...result } = found;
      const epochs = (await this.parts.epochs.read([row])).get(row.id) ?? [];
      if (epochs.some(({ number }) => number === epoch)) return result;
    }
    throw new StudiesError(
      'NOT_FOUND',
      `There is no result "${id}" of experiment "${name}". The oldest results are removed over time.`,
      {
        experiment: name,
      },
    );
  }

  /**
   * Counts the rows from before the last purge that are still to be removed.
   *
   * @throws StudiesError `NOT_FOUND`
   */
  async unforgotten(name: string): Promise<number> {
    const { id, purges } = await this.parts.catalog.get(name);
    const { tallies, results, epochs } = this.parts.storage;
    const kept = (await withStorageTimeout(epochs.of([id]))).filter((epoch) => epoch.purges === purges);
    const numbers = kept.map(({ number }) => number);
    return (
      (await withStorageTimeout(tallies.forgettable(id, numbers))) + (await withStorageTimeout(results.forgettable(id, numbers)))
    );
  }

  /**
   * Removes all recorded results of an experiment, and leaves the experiment itself as it is.
   *
   * @throws StudiesError `NOT_FOUND`
   */
  async purge(name: string, { actor = null }: Pick<ChangeOptions, 'actor'> = {}): Promise<void> {
    // From here on, nothing recorded before counts, whichever process writes it.
    const row = await this.parts.catalog.countPurge(name);
    this.parts.recorder.forget(name);
    await this.parts.history.add({ experiment: name, kind: 'purged', actor, reason: null, before: {}, after: {} });
    await this.forget(row.id, ({ purges }) => purges < row.purges);
  }

  /** Works like `ExperimentCatalog.remove`, and also removes all recorded results. */
  async remove(name: string, options: ChangeOptions = {}): Promise<void> {
    const { id } = await this.parts.catalog.remove(name, options);
    this.parts.recorder.forget(name);
    await this.forget(id, () => true);
  }

  /** Removes epochs of an experiment, and then their results. If it is interrupted, the rest is found as rows without an epoch. */
  private async forget(experimentId: number, isGone: (epoch: EpochRow) => boolean): Promise<void> {
    const { epochs, tallies, results } = this.parts.storage;
    const gone = (await withStorageTimeout(epochs.of([experimentId]))).filter(isGone);
    await withStorageTimeout(epochs.remove(gone.map(({ number }) => number)));
    for (const of of gone.map(identifyResults)) {
      for (const kept of [tallies, results]) await purgeAll(() => withStorageTimeout(kept.forgetSome(of)));
    }
  }
}
