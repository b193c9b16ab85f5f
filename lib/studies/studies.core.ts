import type { DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { systemClock, type Clock } from '../base/clock.js';
import { EXPERIMENT_REGISTRY } from '../decorators/tokens.js';
import { ExperimentCatalog } from '../operations/experiment-catalog.js';
import { ExperimentHistory } from '../operations/history/experiment-history.js';
import { Publisher } from '../publishing/publisher.js';
import { ExperimentResults } from '../reports/experiment-results.js';
import { ExperimentService } from './experiment.service.js';
import { OPERATIONS_PROVIDERS } from './providers/operations.providers.js';
import { provide, type Factory } from './providers/provide.js';
import { RECORDING_PROVIDERS } from './providers/recording.providers.js';
import { REPORTS_PROVIDERS } from './providers/reports.providers.js';
import { RUN_PROVIDERS } from './providers/run.providers.js';
import { SERVICE_PROVIDERS } from './providers/service.providers.js';
import { STORAGE_PROVIDERS } from './providers/storage.providers.js';
import { SYNC_PROVIDERS } from './providers/sync.providers.js';
import { CLOCK, SETTINGS } from './providers/tokens.js';
import type { StudiesSettings } from './studies.options.js';
import { StudiesStorage } from './studies.storage.js';

/** Parts that differ between the module for applications and the one for their tests. */
export interface CoreParts {
  readonly settings: Factory<StudiesSettings>;
  readonly storage: Factory<StudiesStorage>;
  /** Clock that times behaviours; by default the system's. */
  readonly clock?: Clock | undefined;
}

/**
 * Wires the parts of the library together. The rooms don't depend on Nest's injection; this is the only place that uses it for
 * them.
 */
export function studiesCore({ settings, storage, clock = systemClock }: CoreParts) {
  return {
    global: true,
    imports: [DiscoveryModule],
    providers: [
      { provide: SETTINGS, ...settings },
      { provide: StudiesStorage, ...storage },
      provide(CLOCK, [], () => clock),
      ...RUN_PROVIDERS,
      ...STORAGE_PROVIDERS,
      ...SYNC_PROVIDERS,
      ...OPERATIONS_PROVIDERS,
      ...RECORDING_PROVIDERS,
      ...REPORTS_PROVIDERS,
      ...SERVICE_PROVIDERS,
    ],
    exports: [ExperimentService, ExperimentCatalog, ExperimentResults, ExperimentHistory, EXPERIMENT_REGISTRY, Publisher],
  } satisfies Partial<DynamicModule>;
}
