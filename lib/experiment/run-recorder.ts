import type { ResolvedOptions } from './definition.js';
import type { CandidateObservation, Observation } from './observation.js';
import type { ExperimentResult } from './result.js';
import type { SkipReason } from './skip-reason.js';

/** Takes what comes of the calls of an application that are drawn, to keep it. Nothing of it may throw. */
export interface RunRecorder {
  /** A run and its result. */
  ran(result: ExperimentResult, options: ResolvedOptions): void;

  /** Takes that a call, or so many calls, ran the control alone. */
  skipped(experiment: string, reason: SkipReason, count?: number): void;

  /** A run whose control was called a second time, as if it were a candidate, and compared with itself. */
  repeated(experiment: string, control: Observation, again: CandidateObservation, options: ResolvedOptions): void;
}

/** Keeps nothing. */
export const NO_RECORDER: RunRecorder = { ran: () => undefined, skipped: () => undefined, repeated: () => undefined };
