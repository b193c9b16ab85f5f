export { Candidate, type CandidateOptions } from './decorators/candidate.decorator.js';
export {
  Experiment,
  type CandidateMethods,
  type ExperimentDecorator,
  type ExperimentDecoratorOptions,
  type FitsMethod,
  type HasCandidates,
  type OnlyExperimentOptions,
} from './decorators/experiment.decorator.js';
export { StudiesModule, type StudiesModuleAsyncOptions } from './studies/studies.module.js';
export type {
  CandidatePoolOptions,
  OnError,
  OnHalt,
  StudiesExtras,
  StudiesModuleOptions,
  StudiesOptions,
  StudiesOptionsFactory,
} from './studies/studies.options.js';
export type { OmitFromEach, StudiesDatabaseOptions } from './studies/database.options.js';
export type { AdminOptions } from './admin/admin.options.js';
export type { ContextFork, ForkedCandidate } from './isolation/context-forks/context-fork.js';
export { ExperimentService, type RunNamedOptions, type RunOptions } from './studies/experiment.service.js';
export { Publisher } from './publishing/publisher.js';
export { LoggerPublisher } from './publishing/logger.publisher.js';
export { ExperimentEntity } from './storage/experiment.entity.js';
export { STUDIES_ENTITIES, STUDIES_MIGRATIONS } from './studies/studies-schema.js';
export { StudiesStorage } from './studies/studies.storage.js';
export { ExperimentStorage, type ExperimentStamp } from './storage/experiment.storage.js';
export { RecordStorage } from './recording/storage/record.storage.js';
export { TallyStorage } from './recording/storage/tally.storage.js';
export {
  RecordedResultStorage,
  type RecordedResultRow,
  type RecordedResultSelection,
} from './recording/storage/recorded-result.storage.js';
export { EpochStorage } from './recording/storage/epoch.storage.js';
export type { EpochKey, EpochRow, NewEpoch } from './recording/epoch.js';
export { WriterStorage, type TallyWriter } from './recording/storage/writer.storage.js';
export { PurgeableStorage } from './recording/storage/purge.js';
export { HistoryStorage } from './operations/history/history.storage.js';
export { ChangeFeed } from './sync/change-feed.js';
export type { ExperimentEpoch } from './recording/recorded.js';
export type {
  OtherWritersCounts,
  OtherWritersQuery,
  PeriodCounts,
  PeriodRuns,
  PeriodSelection,
  PeriodSkips,
  TallyPart,
  TallyRow,
  TallySeries,
} from './recording/tallies/tally-row.js';
export type { ReadCounts, TallyContent } from './recording/tallies/tally.js';
export type { SketchContent } from './recording/tallies/quantile-sketch.js';
export type { UncountedReason } from './experiment/ordered-run.js';
export type { RunAccount } from './reports/run-account.js';
export type { SpeedupBase, SpeedupPercentile } from './reports/summary.js';
export type { CoverageContent, EvidenceContent, PairContent, SpeedContent } from './recording/evidence/evidence-content.js';
export type { DifferenceContent } from './recording/tallies/difference-tally.js';
export type { EffectCounts } from './recording/tallies/effect-tally.js';
export type { OutcomeCounts } from './recording/tallies/outcomes.js';
export type { TallyTier } from './recording/tallies/period-tier.js';
export type { RunCounts } from './experiment/guardrails/guardrail-watch.js';
export type { MaybePromise } from './base/maybe-promise.js';
export {
  NEW_EXPERIMENT,
  type ChangedExperiment,
  type ExperimentChange,
  type ExperimentRow,
  type ExperimentSettings,
  type NewExperiment,
  type RunTimes,
} from './storage/experiment-row.js';
export type { ExperimentPage, ExperimentQuery, ExperimentSort } from './storage/experiment-query.js';
export type { SkipReason } from './experiment/skip-reason.js';
export type { WriteMode } from './experiment/write-mode.js';
export { EffectRefusedError } from './effects/effect-refused.error.js';
export type { EffectProvider, RequestOptions } from './effects/effect.options.js';
export type { ValueDifference } from './recording/differences/differences.js';
export type { RateInterval } from './reports/statistics/interval.js';
export type { CandidateSummary, ControlNoise, Percentiles, ExperimentSummary, RefusedEffect } from './reports/summary.js';
export type { RecordedEpoch } from './reports/recorded-epoch.js';
export type {
  CandidateReceipt,
  Covering,
  ExperimentReceipt,
  NotObserved,
  ReceiptEpoch,
  ReceiptEvidence,
  ReceiptSettings,
} from './reports/receipt/receipt.js';
export type { Readiness } from './reports/statistics/readiness.js';
export type { ReadinessState } from './reports/statistics/measured.js';
export type { Speed } from './reports/statistics/speed.js';
export type { FieldDifference } from './recording/differences/field-difference.js';
export type { DifferenceKind } from './recording/differences/field-difference.js';
export { ChangeEntity } from './operations/history/change.entity.js';
export { RecordedResultEntity } from './recording/storage/recorded-result.entity.js';
export { TallyEntity } from './recording/storage/tally.entity.js';
export { EpochEntity } from './recording/storage/epoch.entity.js';
export { WriterEntity } from './recording/storage/writer.entity.js';
export type { RecordedResult, RecordedResultPage, RecordedResultQuery } from './recording/storage/recorded-result.js';
export type {
  ChangedSettings,
  ChangeOptions,
  ChangeRecord,
  HistoryPage,
  HistoryQuery,
} from './operations/history/change-record.js';
export type { Guardrails } from './experiment/guardrails.js';
export type { ExperimentHalt } from './operations/halt.js';
export { StudiesError, type StudiesErrorCode } from './base/errors.js';
export { MismatchError } from './experiment/mismatch.error.js';
export type { ExperimentContext } from './experiment/experiment-context.js';
export type { CurrentCandidate } from './experiment/run-context.js';
export type {
  CandidateObservation,
  Observation,
  Outcome,
  ReturnedObservation,
  ThrownObservation,
} from './experiment/observation.js';
export type { ExperimentOptions } from './experiment/experiment.options.js';
export type {
  AnyFunction,
  AnyClass,
  CandidateOf,
  ClassEquality,
  EqualityRule,
  IgnoreDifference,
  RunMode,
  RunOrder,
  RunStart,
  ValueOf,
} from './experiment/option-types.js';
export type { Subject } from './experiment/draw.js';
export type { ReadTime } from './experiment/read-time.js';
export type { StudiesOperation } from './base/studies-operation.js';
export type { JsonValue } from './values/json-value.js';
export { ExperimentResult } from './experiment/result.js';
