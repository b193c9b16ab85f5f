import { StorageHealth } from '../../database/storage-health.js';
import { ExperimentCatalog } from '../../operations/experiment-catalog.js';
import { HaltWriter } from '../../operations/halt-writer.js';
import { ExperimentHistory } from '../../operations/history/experiment-history.js';
import { HistoryStorage } from '../../operations/history/history.storage.js';
import { TurningOff } from '../../operations/turning-off.js';
import { ExperimentStorage } from '../../storage/experiment.storage.js';
import { ExperimentCache } from '../../sync/experiment-cache.js';
import { ErrorReporter } from '../studies-reporter.js';
import { provide, provideClass } from './provide.js';
import { REGISTRY } from './tokens.js';

/** Providers of operators' changes. */
export const OPERATIONS_PROVIDERS = [
  provideClass(ExperimentHistory, [HistoryStorage, StorageHealth]),
  provide(
    TurningOff,
    [REGISTRY, ExperimentCache, StorageHealth, ErrorReporter],
    ({ own }, cache, health, reporter) =>
      new TurningOff(own, cache, health, (error, experiment) => reporter.report('storage', error, experiment)),
  ),
  provideClass(ExperimentCatalog, [ExperimentStorage, ExperimentCache, ExperimentHistory, TurningOff]),
  provide(
    HaltWriter,
    [REGISTRY, ExperimentCatalog, StorageHealth, ErrorReporter],
    ({ own }, catalog, health, reporter) => new HaltWriter(own, catalog, health, (halt) => reporter.halted(halt)),
  ),
];
