import { StorageHealth } from '../../database/storage-health.js';
import { ExperimentStorage } from '../../storage/experiment.storage.js';
import { ChangeFeed } from '../../sync/change-feed.js';
import { ExperimentCache } from '../../sync/experiment-cache.js';
import { Heartbeat } from '../../sync/heartbeat.js';
import { provide, provideClass } from './provide.js';
import { REGISTRY, SETTINGS } from './tokens.js';

/** Providers of this process's copy of the experiments. */
export const SYNC_PROVIDERS = [
  provide(
    ExperimentCache,
    [REGISTRY, ExperimentStorage, ChangeFeed, StorageHealth, SETTINGS],
    (registry, storage, feed, health, { refreshInterval }) =>
      new ExperimentCache(registry, storage, feed, health, refreshInterval),
  ),
  provideClass(Heartbeat, [REGISTRY, ExperimentCache, ExperimentStorage, StorageHealth]),
];
