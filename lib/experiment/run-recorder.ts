import type { ResolvedOptions } from './definition.js';
import type { CandidateObservation, Observation } from './observation.js';
import type { ExperimentResult } from './result.js';
import type { SkipReason } from './skip-reason.js';

/** Recorder of an application's drawn calls. None of its methods may throw. */
export interface RunRecorder {
  /** Records a run. */
  ran(result: ExperimentResult, options: ResolvedOptions): void;

  /** Records that one call, or several, ran the control alone. */
  skipped(experiment: string, reason: SkipReason, count?: number): void;

  /** Records a run whose control was called a second time, as if it were a candidate, and compared with itself. */
  repeated(experiment: string, control: Observation, again: CandidateObservation, options: ResolvedOptions): void;
}

/** Recorder that keeps nothing. */
export const NO_RECORDER: RunRecorder = { ran: () => undefined, skipped: () => undefined, repeated: () => undefined };
