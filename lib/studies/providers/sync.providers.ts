import { Statements } from '../../database/statements.js';
import { StorageHealth } from '../../database/storage-health.js';
import { RecordStorage } from '../../recording/storage/record.storage.js';
import { Recorder } from '../../recording/writing/recorder.js';
import { ExperimentStorage } from '../../storage/experiment.storage.js';
import { ChangeFeed } from '../../sync/change-feed.js';
import { ExperimentCache } from '../../sync/experiment-cache.js';
import { Heartbeat } from '../../sync/heartbeat.js';
import { provide } from './provide.js';
import { REGISTRY, SETTINGS } from './tokens.js';

/** Providers of this process's copy of the experiments. */
export const SYNC_PROVIDERS = [
  provide(
    ExperimentCache,
    [REGISTRY, ExperimentStorage, ChangeFeed, StorageHealth, SETTINGS],
    (registry, storage, feed, health, { refreshInterval }) =>
      new ExperimentCache(registry, storage, feed, health, refreshInterval),
  ),
  provide(
    Heartbeat,
    [REGISTRY, ExperimentCache, ExperimentStorage, StorageHealth, Recorder, RecordStorage, Statements],
    (registry, cache, storage, health, recorder, { epochs }, statements) =>
      new Heartbeat(registry, cache, storage, health, {
        get epochs() {
          return recorder.epochs;
        },
        seen: (numbers, at) => statements.run(() => epochs.seen(numbers, at)),
      }),
  ),
];
