export { Candidate, type CandidateOptions } from './decorators/candidate.decorator.js';
export { Experiment, type ExperimentDecorator, type ExperimentDecoratorOptions } from './decorators/experiment.decorator.js';
export { StudiesModule, type StudiesModuleAsyncOptions } from './studies.module.js';
export type {
  CandidatePoolOptions,
  OnError,
  OnHalt,
  StudiesExtras,
  StudiesModuleOptions,
  StudiesOptions,
  StudiesOptionsFactory,
} from './studies.options.js';
export type { AdminOptions } from './admin/admin.options.js';
export type { ContextFork, ForkedCandidate } from './isolation/context.fork.js';
export { ExperimentService, type RunNamedOptions, type RunOptions } from './experiment.service.js';
export { Publisher } from './publishing/publisher.js';
export { LoggerPublisher } from './publishing/logger.publisher.js';
export { ExperimentEntity } from './storage/experiment.entity.js';
export { STUDIES_ENTITIES, STUDIES_MIGRATIONS } from './studies.schema.js';
export type { ChangedExperiment, ExperimentChange, ExperimentRow } from './storage/experiment.row.js';
export type { ExperimentPage, ExperimentQuery } from './storage/experiment.query.js';
export type { SkipReason } from './experiment/run.recorder.js';
export type { Difference } from './recording/differences/differences.js';
export type { Interval } from './recording/statistics/wilson.js';
export type {
  CandidateSummary,
  DifferenceKind,
  FieldDifference,
  Noise,
  Percentiles,
  Readiness,
  Summary,
} from './recording/summary.js';
export { ChangeEntity } from './storage/history/change.entity.js';
export { SampleEntity } from './recording/sample.entity.js';
export { TallyEntity } from './recording/tally.entity.js';
export { WriterEntity } from './recording/writer.entity.js';
export type { Sample, SamplePage, SampleQuery } from './recording/sample.js';
export type { ChangeOptions, ChangeRecord, HistoryPage, HistoryQuery } from './storage/history/change.record.js';
export type { Guardrails } from './experiment/guardrails.js';
export type { Halt } from './storage/halt.js';
export { StudiesError, type StudiesErrorCode } from './experiment/errors.js';
export { MismatchError } from './experiment/mismatch.error.js';
export type { Context } from './experiment/context.js';
export type { Current } from './experiment/current.js';
export type { CandidateObservation, Observation, Outcome } from './experiment/observation.js';
export type {
  AnyFunction,
  CandidateOf,
  ExperimentOptions,
  Ignore,
  Mode,
  Operation,
  Order,
  RunStart,
  ValueOf,
} from './experiment/options.js';
export type { Plain } from './experiment/plain.js';
export { ExperimentResult } from './experiment/result.js';
