import { EntityIdentifier } from '../../database/entity-identifier.js';
import { ExperimentExplorer } from '../../decorators/experiment-explorer.js';
import { LateModules } from '../../decorators/late-modules.js';
import { CandidateIsolation } from '../../isolation/candidate-isolation.js';
import { LateErrors } from '../../isolation/late/late-errors.js';
import { ExperimentCatalog } from '../../operations/experiment-catalog.js';
import { HaltWriter } from '../../operations/halt-writer.js';
import { ExperimentHistory } from '../../operations/history/experiment-history.js';
import { TurningOff } from '../../operations/turning-off.js';
import { GuardedPublisher } from '../../publishing/guarded.publisher.js';
import { Recorder } from '../../recording/writing/recorder.js';
import { ExperimentEpochs } from '../../reports/experiment-epochs.js';
import { ExperimentResults } from '../../reports/experiment-results.js';
import { ExperimentReceipts } from '../../reports/receipt/experiment-receipts.js';
import { ExperimentCache } from '../../sync/experiment-cache.js';
import { Heartbeat } from '../../sync/heartbeat.js';
import { ExperimentService, type ServiceParts } from '../experiment.service.js';
import { StudiesLifecycle, type LifecycleParts } from '../studies-lifecycle.js';
import { ErrorReporter } from '../studies-reporter.js';
import { ApplicationServices } from './application-services.js';
import { provideNamed } from './provide.js';
import { CLOCK, HIDDEN, REGISTRY, SETTINGS } from './tokens.js';

/** Providers of what applications inject, and of the lifecycle. */
export const SERVICE_PROVIDERS = [
  provideNamed(
    ExperimentService,
    {
      registry: REGISTRY,
      catalog: ExperimentCatalog,
      cache: ExperimentCache,
      results: ExperimentResults,
      epochs: ExperimentEpochs,
      receipts: ExperimentReceipts,
      recorder: Recorder,
      history: ExperimentHistory,
      isolation: CandidateIsolation,
    },
    (parts: ServiceParts) => new ExperimentService(parts),
  ),
  provideNamed(
    StudiesLifecycle,
    {
      settings: SETTINGS,
      explorer: ExperimentExplorer,
      registry: REGISTRY,
      cache: ExperimentCache,
      heartbeat: Heartbeat,
      recorder: Recorder,
      history: ExperimentHistory,
      haltWriter: HaltWriter,
      turningOff: TurningOff,
      publisher: GuardedPublisher,
      reporter: ErrorReporter,
      entities: EntityIdentifier,
      services: ApplicationServices,
      isolation: CandidateIsolation,
      late: LateErrors,
      lateModules: LateModules,
      hidden: HIDDEN,
      clock: CLOCK,
    },
    (parts: LifecycleParts) => new StudiesLifecycle(parts),
  ),
];
