import type { Outcome } from '../experiment/observation.js';
import type { RunAccount } from './run-account.js';
import type { RecordedEpoch } from './recorded-epoch.js';
import type { RateInterval } from './statistics/interval.js';
import type { SkipReason } from '../experiment/skip-reason.js';
import type { ReadCounts } from '../recording/tallies/tally.js';
import type { FieldDifference } from '../recording/differences/field-difference.js';
import type { Readiness } from './statistics/readiness.js';
import type { Speed } from './statistics/speed.js';

/**
 * Summary of an experiment, as `ExperimentService.summary()` returns it and, with times as ISO 8601, as JSON. Rates are shares
 * from 0 to 1; durations are in ms.
 *
 * @publicApi
 */
export interface ExperimentSummary {
  readonly name: string;
  /** State of the code that it is about; null if nothing was recorded. */
  readonly epoch: RecordedEpoch | null;
  /** Start of the first and of the last run; null without runs. */
  readonly span: { readonly from: Date | null; readonly to: Date | null };
  /** Number of calls that ran the experiment to a result. */
  readonly runs: number;
  /** Sampled calls that ran the control alone, by reason. */
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  /** Effects that were refused to candidates, the most frequent first. */
  readonly refused: readonly RefusedEffect[];
  readonly candidates: readonly CandidateSummary[];
}

/**
 * Something that candidates would have written or sent.
 *
 * @publicApi
 */
export interface RefusedEffect {
  /** What it is, such as `INSERT orders`, `POST api.stripe.com/v1/charges` or `MailerService.send`. */
  readonly effect: string;
  /** Number of runs in which it was refused. */
  readonly count: number;
}

/**
 * Summary of one candidate.
 *
 * @publicApi
 */
export interface CandidateSummary {
  readonly name: string;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** Account of these runs: how many were compared, and why others were not. */
  readonly account: RunAccount;
  /**
   * Number of ignored results that are drift: with `recheck`, the control returned the candidate's value when it was called
   * again.
   */
  readonly drift: number;
  /** With `reads: 'sameMoment'`, runs in which the candidate has read at the moment of its control, and later; null without any. */
  readonly reads: ReadCounts | null;
  /** Skipped calls of the experiment; the same for all candidates. */
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  /**
   * Share of runs that were mismatched, errored or timed out, with its 95 % confidence interval; null without runs.
   */
  readonly mismatchRate: RateInterval | null;
  readonly durations: { readonly control: Percentiles | null; readonly candidate: Percentiles | null };
  /** Time by which the candidate was faster than the control, in ms; negative if it was slower; null without runs. */
  readonly delta: { readonly p5: number; readonly p50: number; readonly p95: number } | null;
  /** Speedup by percentile (0, 5, … 100): control/candidate if the candidate is faster, −candidate/control if it is slower. */
  readonly speedup: readonly SpeedupPercentile[];
  /** Call of the control that `speedup` is over. */
  readonly speedupOver: SpeedupBase;
  /** Speed beside the control's second call; null if noise is not measured, or nothing long enough was. */
  readonly speed: Speed | null;
  /** Differing fields, the most frequent first. */
  readonly differences: readonly FieldDifference[];
  /** Number of mismatches that were examined for differing fields: all, as far as there was time. */
  readonly examined: number;
  /**
   * Results of comparing the control with itself; the same for all candidates.
   *
   * @publicApi
   */
  readonly noise: ControlNoise;
  readonly readiness: Readiness;
}

/**
 * Speedup at a percentile of the runs.
 *
 * @publicApi
 */
export interface SpeedupPercentile {
  readonly percentile: number;
  readonly factor: number;
}

/**
 * Call of the control that a speedup is over: its second one where there are such calls (`noise`), which comes before the candidate or after
 * it, at random; else its first one, beside which the candidate gains by coming second.
 *
 * @publicApi
 */
export type SpeedupBase = 'firstCall' | 'secondCall';

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

/**
 * Results of comparing the control with itself.
 *
 * @publicApi
 */
export interface ControlNoise {
  readonly runs: number;
  /** Share of these runs that differed, with its 95 % confidence interval; null without runs. */
  readonly rate: RateInterval | null;
}
