import type { Epoch } from './epoch.js';

/** Outcome of a candidate in a run. */
export type Outcome = 'matched' | 'mismatched' | 'ignored' | 'errored' | 'timedOut';

/** All outcomes, the good ones first. */
export const OUTCOMES = ['matched', 'ignored', 'mismatched', 'errored', 'timedOut'] as const satisfies readonly Outcome[];

/** A share from 0 to 1, with its confidence interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** Durations in ms. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
}

/** Kind of a difference. */
export type DifferenceKind = 'missing' | 'extra' | 'type' | 'value' | 'order' | 'class';

/** A differing field of a candidate. */
export interface FieldDifference {
  readonly path: string;
  readonly kind: DifferenceKind;
  readonly count: number;
  readonly noise: number;
  readonly isNoise: boolean;
  readonly example: { readonly control?: unknown; readonly candidate?: unknown } | null;
}

/** Speed of a candidate beside the control's second call, in random order. */
export interface Speed {
  readonly runs: number;
  readonly speedup: { readonly estimate: number; readonly low: number; readonly high: number };
  readonly total: number;
  readonly warmUp: number;
}

/** Decision whether it is safe to switch. */
export interface Readiness {
  readonly state: 'collecting' | 'notReady' | 'noisy' | 'ready';
  readonly reason: string;
  readonly runsNeeded: number | null;
  readonly inputsNeeded: number | null;
  readonly subjectsNeeded: number | null;
  readonly hoursNeeded: number | null;
}

/** Part of a candidate's runs that the verdict does not rest on. */
export type UncomparedPart =
  | 'ignored'
  | 'drift'
  | 'bothThrew'
  | 'nothingLeft'
  | 'learning'
  | 'overBudget'
  | 'crowded'
  | 'late'
  | 'changed'
  | 'early'
  | 'waiting';

/** Summary of a candidate. */
export interface CandidateSummary {
  readonly name: string;
  readonly counts: Readonly<Partial<Record<Outcome, number>>>;
  readonly account: Readonly<Record<'compared' | UncomparedPart, number>>;
  readonly drift: number;
  readonly reads: { readonly sameMoment: number; readonly later: number } | null;
  readonly skipped: Readonly<Record<string, number>>;
  readonly mismatchRate: Interval | null;
  readonly durations: { readonly control: Percentiles | null; readonly candidate: Percentiles | null };
  readonly delta: { readonly p5: number; readonly p50: number; readonly p95: number } | null;
  readonly speedup: readonly SpeedupAt[];
  readonly speedupOver: SpeedupBase;
  readonly speed: Speed | null;
  readonly differences: readonly FieldDifference[];
  readonly examined: number;
  readonly noise: { readonly runs: number; readonly rate: Interval | null };
  readonly readiness: Readiness;
}

/** Call of the control that a speedup is over. */
export type SpeedupBase = 'firstCall' | 'secondCall';

/** Speedup at a percentile: 2 is twice as fast, -2 half as fast. */
export interface SpeedupAt {
  readonly percentile: number;
  readonly factor: number;
}

/** Summary of an experiment. */
export interface Summary {
  readonly name: string;
  readonly epoch: Epoch | null;
  readonly span: { readonly from: string | null; readonly to: string | null };
  readonly runs: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly refused: readonly { readonly effect: string; readonly count: number }[];
  readonly candidates: readonly CandidateSummary[];
}
