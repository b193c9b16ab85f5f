import { Statements } from '../../database/statements.js';
import { StorageHealth } from '../../database/storage-health.js';
import { RecordStorage } from '../../recording/storage/record.storage.js';
import { Recorder } from '../../recording/writing/recorder.js';
import { Retention } from '../../recording/writing/retention.js';
import { SharedEvidence } from '../../recording/writing/shared-evidence.js';
import { WriterLease } from '../../recording/writing/writer-lease.js';
import { ExperimentCache } from '../../sync/experiment-cache.js';
import { ErrorReporter } from '../studies-reporter.js';
import { provide, provideClass, provideNamed } from './provide.js';
import { REGISTRY, SETTINGS } from './tokens.js';

/** Providers of the way from results to the storage. */
export const RECORDING_PROVIDERS = [
  provide(WriterLease, [RecordStorage, Statements], ({ writers }, statements) => new WriterLease(writers, statements)),
  provideClass(Retention, [RecordStorage, Statements]),
  provide(
    SharedEvidence,
    [REGISTRY, RecordStorage, Statements, SETTINGS],
    (registry, { tallies }, statements, { recording }) =>
      new SharedEvidence(
        { tallies, statements, asking: (name) => registry.find(name)?.askingForOthers() },
        2 * recording.flushInterval,
      ),
  ),
  provideNamed(
    Recorder,
    {
      registry: REGISTRY,
      storage: RecordStorage,
      statements: Statements,
      place: WriterLease,
      tidier: Retention,
      evidence: SharedEvidence,
      health: StorageHealth,
      cache: ExperimentCache,
      reporter: ErrorReporter,
      settings: SETTINGS,
    },
    ({ registry, cache, reporter, settings, ...parts }) =>
      new Recorder(
        {
          ...parts,
          own: registry.own,
          find: (name) => cache.find(name),
          fingerprint: (name) => registry.find(name)?.fingerprint ?? '',
          failed: (error, experiment) => reporter.report('run', error, experiment),
        },
        settings.recording,
      ),
  ),
];
