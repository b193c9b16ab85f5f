import { StudiesError } from '../base/errors.js';
import { isObject } from '../values/kind-of.js';
import type { HistoryStorage } from '../operations/history/history.storage.js';
import type { RecordStorage } from '../recording/storage/record.storage.js';
import type { ExperimentStorage } from '../storage/experiment.storage.js';
import { SilentFeed, type ChangeFeed } from '../sync/change-feed.js';

/**
 * Keeps everything that the library stores: experiments, what was recorded of them, and the history of their changes. Pass one to
 * `StudiesModule.forRoot({ storage })` to keep it elsewhere than in TypeORM. The suites of `nestjs-studies/testing` test whether it follows
 * the rules.
 *
 * @publicApi
 */
export abstract class StudiesStorage {
  /** Experiments and their settings. */
  abstract readonly experiments: ExperimentStorage;

  /** Counts, distributions and single results. */
  abstract readonly records: RecordStorage;

  /** Changes that operators and guardrails have made. */
  abstract readonly history: HistoryStorage;

  /** Tells other processes of a change at once. By default nothing does, and they find it when they next ask. */
  readonly feed: ChangeFeed = new SilentFeed();
}

/**
 * Refuses a storage that lacks a part, which would fail at its first use only.
 *
 * @throws StudiesError `INVALID_OPTIONS`
 */
export function requireParts(storage: StudiesStorage): StudiesStorage {
  const { experiments, records, history, feed } = storage;
  const parts = { experiments, records, history, feed, ...(isObject(records) && withPrefix(records)) };
  const missing = Object.entries(parts).flatMap(([name, part]) => (isObject(part) ? [] : [`"${name}"`]));
  if (missing.length === 0) return storage;
  throw new StudiesError(
    'INVALID_OPTIONS',
    `The storage ${storage.constructor.name} lacks ${missing.join(', ')}. Set them in its constructor.`,
  );
}

function withPrefix({ tallies, results, epochs, writers }: RecordStorage): Readonly<Record<string, unknown>> {
  return { 'records.tallies': tallies, 'records.results': results, 'records.epochs': epochs, 'records.writers': writers };
}
