import type { Interval, Readiness } from './summary.js';

/** What the list shows beside an experiment's settings. */
export interface Figures {
  readonly name: string;
  /** Whether a running process has it. */
  readonly running: boolean;
  readonly runs: number;
  readonly candidates: readonly CandidateFigures[];
  readonly lastHour: LastHour;
}

/** What the list shows of a candidate. */
export interface CandidateFigures {
  readonly name: string;
  readonly runs: number;
  readonly mismatchRate: Interval | null;
  /** At the median: 2 is twice as fast, -2 half as fast. */
  readonly speedup: number | null;
  readonly readiness: Readiness;
}

/** How many runs there were in each minute of the last hour, and how many of them differed. */
export interface LastHour {
  readonly startsAt: string;
  /** In ms. */
  readonly step: number;
  readonly runs: readonly number[];
  readonly differing: readonly number[];
}

/** How many names can be asked for at once. */
export const FIGURES_AT_ONCE = 50;
