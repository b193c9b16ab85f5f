import { Logger, type DynamicModule, type FactoryProvider, type InjectionToken } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, ModuleRef } from '@nestjs/core';
import { ExperimentExplorer } from '../decorators/experiment-explorer.js';
import { EXPERIMENT_REGISTRY } from '../decorators/tokens.js';
import { ExperimentService } from './experiment.service.js';
import type { Clock } from '../base/clock.js';
import { ExperimentRegistry } from '../experiment/run/experiment-registry.js';
import { CandidateIsolation } from '../isolation/candidate-isolation.js';
import { LateErrors } from '../isolation/late/late-errors.js';
import { GuardedPublisher } from '../publishing/guarded.publisher.js';
import { Publisher } from '../publishing/publisher.js';
import { ExperimentFigures } from '../reports/experiment-figures.js';
import { ExperimentCharts } from '../reports/experiment-charts.js';
import { ExperimentResults } from '../reports/experiment-results.js';
import { RecordStorage } from '../recording/storage/record.storage.js';
import { Recorder } from '../recording/writing/recorder.js';
import { SharedEvidence } from '../recording/writing/shared-evidence.js';
import { Retention } from '../recording/writing/retention.js';
import { WriterLease } from '../recording/writing/writer-lease.js';
import { ChangeFeed } from '../sync/change-feed.js';
import { EntityIdentifier } from '../database/entity-identifier.js';
import { ExperimentCatalog } from '../operations/experiment-catalog.js';
import { ExperimentStorage } from '../storage/experiment.storage.js';
import { ExperimentCache } from '../sync/experiment-cache.js';
import { HaltWriter } from '../operations/halt-writer.js';
import { ExperimentHistory } from '../operations/history/experiment-history.js';
import { HistoryStorage } from '../operations/history/history.storage.js';
import { LimitedStorage } from '../storage/limited.storage.js';
import { Heartbeat } from '../sync/heartbeat.js';
import { Statements } from '../database/statements.js';
import { StorageHealth } from '../database/storage-health.js';
import { TurningOff } from '../operations/turning-off.js';
import { StudiesLifecycle } from './studies-lifecycle.js';
import type { StudiesSettings } from './studies.options.js';
import { ErrorReporter } from './studies-reporter.js';

const SETTINGS = Symbol('nestjs-studies:settings');
const RAW_STORAGE = Symbol('nestjs-studies:storage');

/** How a provider is made. */
type Factory<Made> = Omit<FactoryProvider<Made>, 'provide'>;

/** What differs between the module that applications import and the one for their tests. */
export interface CoreParts {
  readonly settings: Factory<StudiesSettings>;
  readonly storage: Factory<ExperimentStorage>;
  readonly records: Factory<RecordStorage>;
  readonly history: Factory<HistoryStorage>;
  readonly feed: Factory<ChangeFeed>;
  readonly clock?: Clock | undefined;
}

/** The parts of the library wired together. The rooms know nothing of Nest's injection: this is where it happens. */
export function studiesCore({ settings, storage, records, history, feed, clock }: CoreParts) {
  return {
    global: true,
    imports: [DiscoveryModule],
    providers: [
      { provide: SETTINGS, ...settings },
      { provide: RAW_STORAGE, ...storage },
      { provide: RecordStorage, ...records },
      { provide: HistoryStorage, ...history },
      { provide: ChangeFeed, ...feed },
      provide(ExperimentStorage, [RAW_STORAGE], (kept: ExperimentStorage) => new LimitedStorage(kept)),
      // Needs nothing, so that whatever is needed below can itself have decorated methods.
      { provide: EXPERIMENT_REGISTRY, useFactory: () => new ExperimentRegistry() },
      provide(Publisher, [SETTINGS, ModuleRef], choosePublisher),
      provide(
        ErrorReporter,
        [SETTINGS, EXPERIMENT_REGISTRY],
        (given: StudiesSettings, registry: ExperimentRegistry) => new ErrorReporter(given, registry),
      ),
      provide(GuardedPublisher, [Publisher, EXPERIMENT_REGISTRY, ErrorReporter], guarded),
      provide(StorageHealth, [EXPERIMENT_REGISTRY, ErrorReporter, RAW_STORAGE], makeHealth),
      provide(
        ExperimentCache,
        [EXPERIMENT_REGISTRY, ExperimentStorage, ChangeFeed, StorageHealth, SETTINGS],
        (
          registry: ExperimentRegistry,
          kept: ExperimentStorage,
          changes: ChangeFeed,
          health: StorageHealth,
          { refreshInterval }: StudiesSettings,
        ) => new ExperimentCache(registry, kept, changes, health, refreshInterval),
      ),
      provide(
        ExperimentHistory,
        [HistoryStorage, StorageHealth],
        (kept: HistoryStorage, health: StorageHealth) => new ExperimentHistory(kept, health),
      ),
      provide(
        TurningOff,
        [EXPERIMENT_REGISTRY, ExperimentCache, StorageHealth, ErrorReporter],
        ({ own }: ExperimentRegistry, view: ExperimentCache, health: StorageHealth, reporter: ErrorReporter) =>
          new TurningOff(own, view, health, (error, experiment) => reporter.report('storage', error, experiment)),
      ),
      provide(
        ExperimentCatalog,
        [ExperimentStorage, ExperimentCache, ExperimentHistory, TurningOff],
        (kept: ExperimentStorage, view: ExperimentCache, history: ExperimentHistory, turningOff: TurningOff) =>
          new ExperimentCatalog(kept, view, history, turningOff),
      ),
      provide(
        HaltWriter,
        [EXPERIMENT_REGISTRY, ExperimentCatalog, StorageHealth, ErrorReporter],
        ({ own }: ExperimentRegistry, catalog: ExperimentCatalog, health: StorageHealth, reporter: ErrorReporter) =>
          new HaltWriter(own, catalog, health, (halt) => reporter.halted(halt)),
      ),
      provide(
        Heartbeat,
        [EXPERIMENT_REGISTRY, ExperimentCache, ExperimentStorage, StorageHealth],
        (registry: ExperimentRegistry, view: ExperimentCache, kept: ExperimentStorage, health: StorageHealth) =>
          new Heartbeat(registry, view, kept, health),
      ),
      { provide: Statements, useFactory: () => new Statements() },
      provide(
        WriterLease,
        [RecordStorage, Statements],
        ({ writers }: RecordStorage, statements: Statements) => new WriterLease(writers, statements),
      ),
      provide(
        Recorder,
        [EXPERIMENT_REGISTRY, RecordStorage, Statements, WriterLease, ExperimentCache, StorageHealth, SETTINGS, ErrorReporter],
        (
          registry: ExperimentRegistry,
          storage: RecordStorage,
          statements: Statements,
          place: WriterLease,
          view: ExperimentCache,
          health: StorageHealth,
          { recording }: StudiesSettings,
          reporter: ErrorReporter,
        ) =>
          new Recorder(
            {
              own: registry.own,
              storage,
              statements,
              place,
              tidier: new Retention(storage, statements),
              evidence: new SharedEvidence(
                { tallies: storage.tallies, statements, asking: (name) => registry.find(name)?.askingForOthers() },
                2 * recording.flushInterval,
              ),
              health,
              find: (name) => view.find(name),
              failed: (error, experiment) => reporter.report('run', error, experiment),
            },
            recording,
          ),
      ),
      provide(
        ExperimentResults,
        [ExperimentCatalog, RecordStorage, Recorder, ExperimentHistory],
        (catalog: ExperimentCatalog, kept: RecordStorage, recorder: Recorder, history: ExperimentHistory) =>
          new ExperimentResults(catalog, kept, recorder, history),
      ),
      provide(
        ExperimentFigures,
        [ExperimentCatalog, RecordStorage, Recorder],
        (catalog: ExperimentCatalog, kept: RecordStorage, recorder: Recorder) => new ExperimentFigures(catalog, kept, recorder),
      ),
      provide(
        ExperimentCharts,
        [ExperimentCatalog, RecordStorage, Recorder],
        (catalog: ExperimentCatalog, kept: RecordStorage, recorder: Recorder) => new ExperimentCharts(catalog, kept, recorder),
      ),
      provide(
        ExperimentService,
        [EXPERIMENT_REGISTRY, ExperimentCatalog, ExperimentCache, ExperimentResults, Recorder, ExperimentHistory],
        (
          registry: ExperimentRegistry,
          catalog: ExperimentCatalog,
          view: ExperimentCache,
          recorded: ExperimentResults,
          recorder: Recorder,
          history: ExperimentHistory,
        ) => new ExperimentService(registry, catalog, view, recorded, recorder, history),
      ),
      provide(
        ExperimentExplorer,
        [DiscoveryService, EXPERIMENT_REGISTRY],
        (discovery: DiscoveryService, registry: ExperimentRegistry) => new ExperimentExplorer(discovery, registry),
      ),
      provide(
        EntityIdentifier,
        [DiscoveryService],
        (discovery: DiscoveryService) => new EntityIdentifier(() => makeOnce(discovery)),
      ),
      provide(
        CandidateIsolation,
        [SETTINGS, EXPERIMENT_REGISTRY, ErrorReporter, DiscoveryService],
        (given: StudiesSettings, registry: ExperimentRegistry, reporter: ErrorReporter, discovery: DiscoveryService) =>
          makeIsolation(given, registry, reporter, discovery),
      ),
      provide(LateErrors, [EXPERIMENT_REGISTRY, ErrorReporter], lateErrorsOf),
      provide(
        StudiesLifecycle,
        [
          SETTINGS,
          ExperimentExplorer,
          EXPERIMENT_REGISTRY,
          ExperimentCache,
          Heartbeat,
          Recorder,
          ExperimentHistory,
          HaltWriter,
          TurningOff,
          GuardedPublisher,
          ErrorReporter,
          EntityIdentifier,
          CandidateIsolation,
          LateErrors,
        ],
        (
          given: StudiesSettings,
          explorer: ExperimentExplorer,
          registry: ExperimentRegistry,
          view: ExperimentCache,
          presence: Heartbeat,
          recorder: Recorder,
          history: ExperimentHistory,
          halting: HaltWriter,
          turningOff: TurningOff,
          publisher: GuardedPublisher,
          reporter: ErrorReporter,
          entities: EntityIdentifier,
          isolation: CandidateIsolation,
          late: LateErrors,
        ) =>
          new StudiesLifecycle(
            given,
            explorer,
            registry,
            view,
            presence,
            recorder,
            history,
            halting,
            turningOff,
            publisher,
            reporter,
            entities,
            isolation,
            late,
            clock,
          ),
      ),
    ],
    exports: [ExperimentService, ExperimentCatalog, ExperimentResults, ExperimentHistory, EXPERIMENT_REGISTRY, Publisher],
  } satisfies Partial<DynamicModule>;
}

/** Ties the tokens to the factory's parameters by position, as Nest does. */
function provide<Made, Needs extends unknown[]>(
  provide: InjectionToken<Made>,
  inject: { [Index in keyof Needs]: InjectionToken },
  useFactory: (...needs: Needs) => Made | Promise<Made>,
): FactoryProvider<Made> {
  return { provide, inject: [...inject], useFactory };
}

async function choosePublisher({ publisher }: StudiesSettings, modules: ModuleRef): Promise<Publisher> {
  return typeof publisher === 'function' ? modules.create(publisher) : publisher;
}

function guarded(publisher: Publisher, registry: ExperimentRegistry, reporter: ErrorReporter): GuardedPublisher {
  return new GuardedPublisher(publisher, registry, (...failure) => reporter.report(...failure));
}

function makeIsolation(
  { isolation }: StudiesSettings,
  registry: ExperimentRegistry,
  reporter: ErrorReporter,
  discovery: DiscoveryService,
): CandidateIsolation {
  const { own } = registry;
  return new CandidateIsolation(
    isolation,
    {
      own,
      candidate: () => registry.candidate(),
      report: (...failure) => own.run(() => reporter.report(...failure)),
      say: (message) => own.run(() => new Logger('Studies').warn(message)),
    },
    () => makeOnce(discovery),
  );
}

function lateErrorsOf(registry: ExperimentRegistry, reporter: ErrorReporter): LateErrors {
  const { own, current } = registry;
  return new LateErrors({
    own,
    current,
    failed: (candidate, error) => {
      registry.find(candidate.experiment)?.failedLate(candidate);
      reporter.reportLater('candidate', error, candidate.experiment);
    },
  });
}

function makeHealth({ own }: ExperimentRegistry, reporter: ErrorReporter, { tables }: ExperimentStorage): StorageHealth {
  return new StorageHealth(
    (error) => own.run(() => reporter.report('storage', error)),
    () => reporter.recovered(),
    tables,
  );
}

/** All that Nest has made once for the application, data sources among it; but not what can't be asked what it is, as some mocks can't. */
function makeOnce(discovery: DiscoveryService): unknown[] {
  return discovery
    .getProviders()
    .map((wrapper): unknown => (wrapper.isDependencyTreeStatic() ? wrapper.instance : undefined))
    .filter(canBeAsked);
}

function canBeAsked(instance: unknown): boolean {
  try {
    return !(instance instanceof Promise);
  } catch {
    return false;
  }
}
