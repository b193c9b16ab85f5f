import type { Outcome } from '../experiment/observation.js';
import type { RateInterval } from './statistics/wilson.js';
import type { SkipReason } from '../experiment/skip-reason.js';
import type { FieldDifference } from '../recording/differences/field-difference.js';
import type { Readiness } from './statistics/readiness.js';

/**
 * What is known of an experiment: as `ExperimentService.summary()` gives it, and, with times as ISO 8601, as JSON. Rates are
 * shares from 0 to 1, durations are in ms.
 *
 * @publicApi
 */
export interface ExperimentSummary {
  readonly name: string;
  /** When the first and the last of the runs began; null without runs. */
  readonly span: { readonly from: Date | null; readonly to: Date | null };
  /** How many calls ran the experiment to a result. */
  readonly runs: number;
  /** The drawn calls that ran the control alone, by reason. */
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  readonly candidates: readonly CandidateSummary[];
}

/**
 * What is known of one candidate.
 *
 * @publicApi
 */
export interface CandidateSummary {
  readonly name: string;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** How many of those that are ignored are drift: with `recheck`, the control gave the candidate's value when it was asked again. */
  readonly drift: number;
  /** The experiment's, and the same for all candidates. */
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  /** The share of runs that were mismatched, errored or timed out, with its 95 % confidence interval (Wilson); null without runs. */
  readonly mismatchRate: RateInterval | null;
  readonly durations: { readonly control: Percentiles | null; readonly candidate: Percentiles | null };
  /** How much sooner the candidate was there than the control, in ms: negative where it was later; null without runs. */
  readonly delta: { readonly p5: number; readonly p50: number; readonly p95: number } | null;
  /** By percentile (0, 5, … 100): control/candidate where the candidate is faster, −candidate/control where it is slower. */
  readonly speedup: readonly { readonly percentile: number; readonly factor: number }[];
  /** The fields that differ, the most frequent first. */
  readonly differences: readonly FieldDifference[];
  /** In how many of the mismatches it was looked for the fields that differ: all, as far as there was time for it. */
  readonly examined: number;
  /**
   * What came of comparing the control with itself: the experiment's, and the same for all candidates.
   *
   * @publicApi
   */
  readonly noise: ControlNoise;
  readonly readiness: Readiness;
}

/**
 * Durations in ms.
 *
 * @publicApi
 */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
}

/** What came of comparing the control with itself. */
export interface ControlNoise {
  readonly runs: number;
  /** The share of them that differed, with its 95 % confidence interval (Wilson); null without runs. */
  readonly rate: RateInterval | null;
}
