import type { Steps } from '../../base/steps.js';
import type { ResolvedOptions } from '../definition.js';
import type { ReadTime } from '../read-time.js';
import type { CandidateObservation } from '../observation.js';
import type { Finding, OrderedRun, UncountedReason } from '../ordered-run.js';
import type { ExperimentResult } from '../result.js';
import type { SkipReason } from '../skip-reason.js';

/** Run whose candidates all did what the control did. Durations are in ms. */
export interface MatchedRun {
  /** In ms since the epoch. */
  readonly startedAt: number;
  readonly control: { readonly duration: number };
  readonly candidates: readonly {
    readonly candidate: string;
    readonly duration: number;
    /** Time at which it has read, with `reads: 'sameMoment'`. */
    readonly reads?: ReadTime | undefined;
  }[];
}

/**
 * What a run is for where noise is measured: it is evidence; or it shows only how the control differs from itself, because too little is
 * known of that yet; or neither, because examining it might take too much time.
 */
export type RunPurpose = 'evidence' | 'noise' | 'nothing';

/** Run whose control was called a second time. */
export interface RepeatedRun {
  readonly result: ExperimentResult;
  /** The control's second call, compared with the first as if it were a candidate. */
  readonly again: CandidateObservation;
  /** True if the second call and the candidates came in random order. */
  readonly isShuffled: boolean;
  /** Names of the candidates that match because nothing was left to compare. */
  readonly compareNothing: ReadonlySet<string>;
}

/** Findings about candidates that differ no more than the control differs from itself, by candidate. */
export type Excuses = ReadonlyMap<string, Finding>;

/** Recorder of an application's drawn calls. None of its methods may throw. */
export interface RunRecorder {
  /** Decides, where noise is measured, what a run is for that starts now. What it will show has no part in that. */
  draws(experiment: string): RunPurpose;

  /**
   * Records a run, in steps.
   *
   * @param isEvidence whether it was drawn to be evidence
   * @param ignoredPaths fields that its comparison left out because of an operator
   * @returns what it shows of candidates whose differences are excused; undefined if there are none
   */
  ran(
    result: ExperimentResult,
    options: ResolvedOptions,
    isEvidence: boolean,
    ignoredPaths: readonly string[],
  ): Steps<Excuses | undefined>;

  /**
   * Records what a run shows. Runs come in the order of their starts, each once all that were started before have settled.
   *
   * @param ignoredPaths fields that its comparison left out because of an operator
   */
  proved(experiment: string, run: OrderedRun, ignoredPaths: readonly string[]): void;

  /**
   * Records that a run is no evidence about these candidates.
   *
   * @param ignoredPaths fields that its comparison left out because of an operator
   */
  unproved(experiment: string, candidates: readonly string[], why: UncountedReason, ignoredPaths: readonly string[]): void;

  /**
   * Records a run that matched, without its result.
   *
   * @param ignoredPaths fields that comparisons leave out because of an operator
   * @returns false if it wants the result, to keep it. Then the run isn't recorded yet
   */
  matched(experiment: string, run: MatchedRun, ignoredPaths: readonly string[]): boolean;

  /** Records that one call, or several, ran the control alone. */
  skipped(experiment: string, reason: SkipReason, count?: number): void;

  /** Records what was refused to the candidates of a run, such as `INSERT orders`. */
  refused(experiment: string, effects: Iterable<string>): void;

  /**
   * Records that the control was called a second time in a run that was recorded, in steps.
   *
   * @param ignoredPaths fields that its comparison left out because of an operator
   */
  repeated(run: RepeatedRun, options: ResolvedOptions, ignoredPaths: readonly string[]): Steps<void>;
}

/** Recorder that keeps nothing. */
export const NO_RECORDER: RunRecorder = {
  draws: () => 'evidence',
  *ran() {
    return undefined;
  },
  proved: () => undefined,
  unproved: () => undefined,
  matched: () => true,
  skipped: () => undefined,
  refused: () => undefined,
  *repeated() {
    return undefined;
  },
};
