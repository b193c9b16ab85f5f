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
import { summarise } from './summarise.js';
import type { ExperimentSummary } from './summary.js';
import { identifyResults } from '../recording/recorded.js';

/** Recorded results for operators, over all processes, as far as they have written their results. */
export class ExperimentResults {
  constructor(
    private readonly catalog: ExperimentCatalog,
    private readonly storage: RecordStorage,
    private readonly recorder: Recorder,
    private readonly history: ExperimentHistory,
  ) {}

  /** @throws StudiesError `NOT_FOUND` */
  async summary(name: string): Promise<ExperimentSummary> {
    const row = await this.catalog.get(name);
    await this.recorder.flush();
    return summarise(row, await sumTallies(await withStorageTimeout(this.storage.tallies.totals([identifyResults(row)]))));
  }

  /** @throws StudiesError `NOT_FOUND`, `INVALID_OPTIONS` */
  async results(name: string, query: RecordedResultQuery): Promise<RecordedResultPage> {
    const { limit = 20, cursor, outcome, candidate } = check(recordedResultQuerySchema, query, 'The query');
    const row = await this.catalog.get(name);
    await this.recorder.flush();
    const selection = { outcome, candidate, before: cursor, limit: limit + 1 };
    const found = await withStorageTimeout(this.storage.results.find(identifyResults(row), selection));
    const items = found.slice(0, limit);
    return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  /** @throws StudiesError `NOT_FOUND` */
  async result(name: string, id: string): Promise<RecordedResult> {
    const row = await this.catalog.get(name);
    const sample = SORTABLE_ID.test(id)
      ? await withStorageTimeout(this.storage.results.get(identifyResults(row), id))
      : undefined;
    if (sample !== undefined) return sample;
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
    const { experimentId, epoch } = identifyResults(await this.catalog.get(name));
    const { tallies, results: samples } = this.storage;
    return (
      (await withStorageTimeout(tallies.forgettable(experimentId, epoch))) +
      (await withStorageTimeout(samples.forgettable(experimentId, epoch)))
    );
  }

  /**
   * Removes all recorded results of an experiment, and leaves the experiment itself as it is.
   *
   * @throws StudiesError `NOT_FOUND`
   */
  async purge(name: string, { actor = null }: Pick<ChangeOptions, 'actor'> = {}): Promise<void> {
    // From here on, nothing recorded under the earlier epoch counts, whichever process writes it.
    const row = await this.catalog.countPurge(name);
    this.recorder.forget(name);
    await this.history.add({ experiment: name, kind: 'purged', actor, reason: null, before: {}, after: {} });
    await this.forget(row.id, row.purges);
  }

  /** Works like `ExperimentCatalog.remove`, and also removes all recorded results. */
  async remove(name: string, options: ChangeOptions = {}): Promise<void> {
    const { id } = await this.catalog.remove(name, options);
    this.recorder.forget(name);
    await this.forget(id);
  }

  private async forget(experimentId: number, before?: number): Promise<void> {
    for (const kept of [this.storage.tallies, this.storage.results]) {
      await purgeAll(() => withStorageTimeout(kept.forgetSome(experimentId, before)));
    }
  }
}
