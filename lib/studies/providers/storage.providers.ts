import { EntityIdentifier } from '../../database/entity-identifier.js';
import { Statements } from '../../database/statements.js';
import { StorageHealth } from '../../database/storage-health.js';
import { HistoryStorage } from '../../operations/history/history.storage.js';
import { RecordStorage } from '../../recording/storage/record.storage.js';
import { ExperimentStorage } from '../../storage/experiment.storage.js';
import { LimitedStorage } from '../../storage/limited.storage.js';
import { ChangeFeed } from '../../sync/change-feed.js';
import { ErrorReporter } from '../studies-reporter.js';
import { StudiesStorage } from '../studies.storage.js';
import { ApplicationInstances } from './application-instances.js';
import { provide, provideClass } from './provide.js';
import { RAW_STORAGE, REGISTRY } from './tokens.js';

/** Providers of the storage's parts, and of its monitoring. */
export const STORAGE_PROVIDERS = [
  provide(RAW_STORAGE, [StudiesStorage], ({ experiments }) => experiments),
  provide(ExperimentStorage, [RAW_STORAGE], (experiments) => new LimitedStorage(experiments)),
  provide(RecordStorage, [StudiesStorage], ({ records }) => records),
  provide(HistoryStorage, [StudiesStorage], ({ history }) => history),
  provide(ChangeFeed, [StudiesStorage], ({ feed }) => feed),
  provideClass(Statements, []),
  provide(
    StorageHealth,
    [REGISTRY, ErrorReporter, RAW_STORAGE],
    ({ own }, reporter, storage) =>
      new StorageHealth(
        (error) => own.run(() => reporter.report('storage', error)),
        () => reporter.recovered(),
        () => storage.tables,
      ),
  ),
  provide(EntityIdentifier, [ApplicationInstances], (instances) => new EntityIdentifier(() => instances.all())),
];
