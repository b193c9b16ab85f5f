import type { Interval, Readiness, SpeedupBase } from './summary.js';

/** Key figures that the list shows beside an experiment's settings. */
export interface Figures {
  readonly name: string;
  /** True if a running process has it. */
  readonly running: boolean;
  readonly runs: number;
  readonly candidates: readonly CandidateFigures[];
  readonly lastHour: LastHour;
}

/** Key figures of a candidate. */
export interface CandidateFigures {
  readonly name: string;
  readonly runs: number;
  readonly mismatchRate: Interval | null;
  /** Speedup at the median: 2 is twice as fast, -2 half as fast. */
  readonly speedup: number | null;
  readonly speedupOver: SpeedupBase;
  readonly readiness: Readiness;
}

/** Runs by minute of the last hour, and those that differed. */
export interface LastHour {
  readonly startsAt: string;
  /** Length of a minute, in ms. */
  readonly step: number;
  readonly runs: readonly number[];
  readonly differing: readonly number[];
}

/** Largest number of names in one request. */
export const FIGURES_AT_ONCE = 50;
