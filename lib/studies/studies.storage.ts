import type { HistoryStorage } from '../operations/history/history.storage.js';
import type { RecordStorage } from '../recording/storage/record.storage.js';
import type { ExperimentStorage } from '../storage/experiment.storage.js';
import { SilentFeed, type ChangeFeed } from '../sync/change-feed.js';

/**
 * Everything that the library keeps: experiments, what was recorded of them, and the history of their changes. `forRoot({ storage })` takes
 * one that keeps it elsewhere than in TypeORM. The suites of `nestjs-studies/testing` say whether it keeps its contracts.
 *
 * @publicApi
 */
export abstract class StudiesStorage {
  /** Experiments and their settings. */
  abstract readonly experiments: ExperimentStorage;

  /** Counts, percentiles and results. */
  abstract readonly records: RecordStorage;

  /** What operators have changed. */
  abstract readonly history: HistoryStorage;

  /** What tells other processes of a change at once. By default nothing does, and they see it at their next look. */
  readonly feed: ChangeFeed = new SilentFeed();
}
