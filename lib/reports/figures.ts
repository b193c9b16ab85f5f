import type { ExperimentRow } from '../storage/experiment-row.js';
import { isRunning } from '../sync/heartbeat.js';
import { countRuns } from '../recording/tallies/outcomes.js';
import type { RateInterval } from './statistics/interval.js';
import type { RecordedEpoch } from './recorded-epoch.js';
import { summarise } from './summarise.js';
import type { SpeedupBase } from './summary.js';
import type { Tally } from '../recording/tallies/tally.js';
import { MINUTE, periodStart } from '../recording/tallies/period-tier.js';
import type { PeriodRuns } from '../recording/tallies/tally-row.js';
import type { Readiness } from './statistics/readiness.js';

/** Minutes of an hour. */
const MINUTES = 60;

/** Percentile at which the speedup is reported. */
const MEDIAN = 50;

/** Key figures of an experiment. */
export interface Figures extends Results {
  readonly name: string;
  /** True if a running process has it. */
  readonly running: boolean;
  readonly lastHour: LastHour;
}

/** Results of an experiment since its last purge. */
export interface Results {
  readonly runs: number;
  readonly candidates: readonly CandidateFigures[];
}

/** Key figures of one candidate, as in its summary. */
export interface CandidateFigures {
  readonly name: string;
  readonly runs: number;
  readonly mismatchRate: RateInterval | null;
  /** Factor at the median; null without one. */
  readonly speedup: number | null;
  /** Call of the control that the factor is over. */
  readonly speedupOver: SpeedupBase;
  readonly readiness: Readiness;
}

/** The last 60 minutes; the current minute is the last one. */
export interface LastHour {
  readonly startsAt: Date;
  /** Length of a minute, in ms. */
  readonly step: number;
  readonly runs: readonly number[];
  /** Differing runs by minute, of the candidate that differed most often in that minute. */
  readonly differing: readonly number[];
}

/**
 * Summarises the results of an experiment from its tallies.
 *
 * @param known names of candidates that may not have been observed yet
 * @param ignoredByCode fields that its code leaves out of the comparison
 */
export function countResults(
  row: ExperimentRow,
  tallies: ReadonlyMap<string, Tally>,
  epoch: RecordedEpoch | null = null,
  known: readonly string[] = [],
  ignoredByCode: readonly string[] = [],
): Results {
  const { runs, candidates } = summarise(row, tallies, epoch, known, ignoredByCode);
  return {
    runs,
    candidates: candidates.map(({ name, counts, mismatchRate, speedup, speedupOver, readiness }) => ({
      name,
      runs: countRuns({ counts }).runs,
      mismatchRate,
      speedup: speedup.find(({ percentile }) => percentile === MEDIAN)?.factor ?? null,
      speedupOver,
      readiness,
    })),
  };
}

/** Returns the start of the last hour. */
export function lastHourFrom(now: number): number {
  return periodStart('minute', now) - (MINUTES - 1) * MINUTE;
}

/** Summarises the last hour of an experiment from its minutes. */
export function summariseLastHour(minutes: readonly Omit<PeriodRuns, 'experimentId'>[], now: number): LastHour {
  const from = lastHourFrom(now);
  const runs = Array.from({ length: MINUTES }, () => 0);
  const differing = [...runs];
  for (const minute of minutes) {
    const index = (minute.startsAt - from) / MINUTE;
    if (runs[index] === undefined) continue;
    runs[index] = minute.runs;
    differing[index] = minute.differing;
  }
  return { startsAt: new Date(from), step: MINUTE, runs, differing };
}

/** Combines the key figures of an experiment. */
export function makeFigures({ name, seenAt }: ExperimentRow, results: Results, lastHour: LastHour, now: number): Figures {
  return { name, running: isRunning(seenAt, now), ...results, lastHour };
}
