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
import { ExperimentPictures } from '../reports/experiment-charts.js';
import { ExperimentRecords } from '../reports/experiment-results.js';
import { RecordStorage } from '../recording/storage/record.storage.js';
import { Recorder } from '../recording/writing/recorder.js';
import { SharedEvidence } from '../recording/writing/shared-evidence.js';
import { Tidier } from '../recording/writing/retention.js';
import { WritingPlace } from '../recording/writing/writer-lease.js';
import { ChangeFeed } from '../sync/change-feed.js';
import { EntityIdentifier } from '../database/entity-identifier.js';
import { ExperimentCatalog } from '../operations/experiment-catalog.js';
import { ExperimentStorage } from '../storage/experiment.storage.js';
import { ExperimentView } from '../sync/experiment-cache.js';
import { Halting } from '../operations/halt-writer.js';
import { ExperimentHistory } from '../operations/history/experiment-history.js';
import { HistoryStorage } from '../operations/history/history.storage.js';
import { LimitedStorage } from '../storage/limited.storage.js';
import { Presence } from '../sync/heartbeat.js';
import { Statements } from '../database/statements.js';
import { StorageHealth } from '../database/storage-health.js';
import { TurningOff } from '../operations/turning-off.js';
import { StudiesLifecycle } from './studies-lifecycle.js';
import type { StudiesSettings } from './studies.options.js';
import { ErrorReporter } from './studies-reporter.js';

const SETTINGS = Symbol('nestjs-studies:settings');
const KEPT = Symbol('nestjs-studies:storage');

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
      { provide: KEPT, ...storage },
      { provide: RecordStorage, ...records },
      { provide: HistoryStorage, ...history },
      { provide: ChangeFeed, ...feed },
      made(ExperimentStorage, [KEPT], (kept: ExperimentStorage) => new LimitedStorage(kept)),
      // Needs nothing, so that whatever is needed below can itself have decorated methods.
      { provide: EXPERIMENT_REGISTRY, useFactory: () => new ExperimentRegistry() },
      made(Publisher, [SETTINGS, ModuleRef], publisherOf),
      made(
        ErrorReporter,
        [SETTINGS, EXPERIMENT_REGISTRY],
        (given: StudiesSettings, registry: ExperimentRegistry) => new ErrorReporter(given, registry),
      ),
      made(GuardedPublisher, [Publisher, EXPERIMENT_REGISTRY, ErrorReporter], guarded),
      made(StorageHealth, [EXPERIMENT_REGISTRY, ErrorReporter, KEPT], healthOf),
      made(
        ExperimentView,
        [EXPERIMENT_REGISTRY, ExperimentStorage, ChangeFeed, StorageHealth, SETTINGS],
        (
          registry: ExperimentRegistry,
          kept: ExperimentStorage,
          changes: ChangeFeed,
          health: StorageHealth,
          { refreshInterval }: StudiesSettings,
        ) => new ExperimentView(registry, kept, changes, health, refreshInterval),
      ),
      made(
        ExperimentHistory,
        [HistoryStorage, StorageHealth],
        (kept: HistoryStorage, health: StorageHealth) => new ExperimentHistory(kept, health),
      ),
      made(
        TurningOff,
        [EXPERIMENT_REGISTRY, ExperimentView, StorageHealth, ErrorReporter],
        ({ own }: ExperimentRegistry, view: ExperimentView, health: StorageHealth, reporter: ErrorReporter) =>
          new TurningOff(own, view, health, (error, experiment) => reporter.report('storage', error, experiment)),
      ),
      made(
        ExperimentCatalog,
        [ExperimentStorage, ExperimentView, ExperimentHistory, TurningOff],
        (kept: ExperimentStorage, view: ExperimentView, history: ExperimentHistory, turningOff: TurningOff) =>
          new ExperimentCatalog(kept, view, history, turningOff),
      ),
      made(
        Halting,
        [EXPERIMENT_REGISTRY, ExperimentCatalog, StorageHealth, ErrorReporter],
        ({ own }: ExperimentRegistry, catalog: ExperimentCatalog, health: StorageHealth, reporter: ErrorReporter) =>
          new Halting(own, catalog, health, (halt) => reporter.halted(halt)),
      ),
      made(
        Presence,
        [EXPERIMENT_REGISTRY, ExperimentView, ExperimentStorage, StorageHealth],
        (registry: ExperimentRegistry, view: ExperimentView, kept: ExperimentStorage, health: StorageHealth) =>
          new Presence(registry, view, kept, health),
      ),
      { provide: Statements, useFactory: () => new Statements() },
      made(
        WritingPlace,
        [RecordStorage, Statements],
        ({ writers }: RecordStorage, statements: Statements) => new WritingPlace(writers, statements),
      ),
      made(
        Recorder,
        [EXPERIMENT_REGISTRY, RecordStorage, Statements, WritingPlace, ExperimentView, StorageHealth, SETTINGS, ErrorReporter],
        (
          registry: ExperimentRegistry,
          storage: RecordStorage,
          statements: Statements,
          place: WritingPlace,
          view: ExperimentView,
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
              tidier: new Tidier(storage, statements),
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
      made(
        ExperimentRecords,
        [ExperimentCatalog, RecordStorage, Recorder, ExperimentHistory],
        (catalog: ExperimentCatalog, kept: RecordStorage, recorder: Recorder, history: ExperimentHistory) =>
          new ExperimentRecords(catalog, kept, recorder, history),
      ),
      made(
        ExperimentFigures,
        [ExperimentCatalog, RecordStorage, Recorder],
        (catalog: ExperimentCatalog, kept: RecordStorage, recorder: Recorder) => new ExperimentFigures(catalog, kept, recorder),
      ),
      made(
        ExperimentPictures,
        [ExperimentCatalog, RecordStorage, Recorder],
        (catalog: ExperimentCatalog, kept: RecordStorage, recorder: Recorder) => new ExperimentPictures(catalog, kept, recorder),
      ),
      made(
        ExperimentService,
        [EXPERIMENT_REGISTRY, ExperimentCatalog, ExperimentView, ExperimentRecords, Recorder, ExperimentHistory],
        (
          registry: ExperimentRegistry,
          catalog: ExperimentCatalog,
          view: ExperimentView,
          recorded: ExperimentRecords,
          recorder: Recorder,
          history: ExperimentHistory,
        ) => new ExperimentService(registry, catalog, view, recorded, recorder, history),
      ),
      made(
        ExperimentExplorer,
        [DiscoveryService, EXPERIMENT_REGISTRY],
        (discovery: DiscoveryService, registry: ExperimentRegistry) => new ExperimentExplorer(discovery, registry),
      ),
      made(
        EntityIdentifier,
        [DiscoveryService],
        (discovery: DiscoveryService) => new EntityIdentifier(() => madeOnce(discovery)),
      ),
      made(
        CandidateIsolation,
        [SETTINGS, EXPERIMENT_REGISTRY, ErrorReporter, DiscoveryService],
        (given: StudiesSettings, registry: ExperimentRegistry, reporter: ErrorReporter, discovery: DiscoveryService) =>
          isolationOf(given, registry, reporter, discovery),
      ),
      made(LateErrors, [EXPERIMENT_REGISTRY, ErrorReporter], lateErrorsOf),
      made(
        StudiesLifecycle,
        [
          SETTINGS,
          ExperimentExplorer,
          EXPERIMENT_REGISTRY,
          ExperimentView,
          Presence,
          Recorder,
          ExperimentHistory,
          Halting,
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
          view: ExperimentView,
          presence: Presence,
          recorder: Recorder,
          history: ExperimentHistory,
          halting: Halting,
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
    exports: [ExperimentService, ExperimentCatalog, ExperimentRecords, ExperimentHistory, EXPERIMENT_REGISTRY, Publisher],
  } satisfies Partial<DynamicModule>;
}

/** Ties the tokens to the factory's parameters by position, as Nest does. */
function made<Made, Needs extends unknown[]>(
  provide: InjectionToken<Made>,
  inject: { [Index in keyof Needs]: InjectionToken },
  useFactory: (...needs: Needs) => Made | Promise<Made>,
): FactoryProvider<Made> {
  return { provide, inject: [...inject], useFactory };
}

async function publisherOf({ publisher }: StudiesSettings, modules: ModuleRef): Promise<Publisher> {
  return typeof publisher === 'function' ? modules.create(publisher) : publisher;
}

function guarded(publisher: Publisher, registry: ExperimentRegistry, reporter: ErrorReporter): GuardedPublisher {
  return new GuardedPublisher(publisher, registry, (...failure) => reporter.report(...failure));
}

function isolationOf(
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
    () => madeOnce(discovery),
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

function healthOf({ own }: ExperimentRegistry, reporter: ErrorReporter, { tables }: ExperimentStorage): StorageHealth {
  return new StorageHealth(
    (error) => own.run(() => reporter.report('storage', error)),
    () => reporter.recovered(),
    tables,
  );
}

/** All that Nest has made once for the application, data sources among it; but not what can't be asked what it is, as some mocks can't. */
function madeOnce(discovery: DiscoveryService): unknown[] {
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
