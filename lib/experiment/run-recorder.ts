import type { ResolvedOptions } from './definition.js';
import type { CandidateObservation, Observation } from './observation.js';
import type { OrderedRun } from './ordered-run.js';
import type { ExperimentResult } from './result.js';
import type { SkipReason } from './skip-reason.js';

/** Run whose candidates all did what the control did. Durations are in ms. */
export interface MatchedRun {
  /** In ms since the epoch. */
  readonly startedAt: number;
  readonly control: { readonly duration: number };
  /** Candidates by name. */
  readonly candidates: ReadonlyMap<string, { readonly duration: number }>;
}

/** Recorder of an application's drawn calls. None of its methods may throw. */
export interface RunRecorder {
  /** Records a run. */
  ran(result: ExperimentResult, options: ResolvedOptions): void;

  /** Records what a run shows. Runs come in the order of their starts, each once all that were started before have settled. */
  proved(experiment: string, run: OrderedRun): void;

  /**
   * Records a run that matched, without its result.
   *
   * @returns false if it wants the result, to keep it. Then the run isn't recorded yet
   */
  matched(experiment: string, run: MatchedRun): boolean;

  /** Records that one call, or several, ran the control alone. */
  skipped(experiment: string, reason: SkipReason, count?: number): void;

  /** Records a run whose control was called a second time, as if it were a candidate, and compared with itself. */
  repeated(experiment: string, control: Observation, again: CandidateObservation, options: ResolvedOptions): void;
}

/** Recorder that keeps nothing. */
export const NO_RECORDER: RunRecorder = {
  ran: () => undefined,
  proved: () => undefined,
  matched: () => true,
  skipped: () => undefined,
  repeated: () => undefined,
};
