import type { ExperimentRow } from '../storage/experiment-row.js';
import { isRunning } from '../sync/heartbeat.js';
import { countRuns } from '../recording/tallies/outcomes.js';
import type { RateInterval } from './statistics/wilson.js';
import { summarise } from './summarise.js';
import type { Tally } from '../recording/tallies/tally.js';
import { MINUTE, periodStart } from '../recording/tallies/tier.js';
import type { PeriodRuns } from '../recording/tallies/tally-row.js';
import type { Readiness } from './statistics/readiness.js';

/** How many minutes an hour has. */
const MINUTES = 60;

/** At which percentile the speedup is told. */
const MEDIAN = 50;

/** What is known of an experiment in a few figures. */
export interface Figures extends Results {
  readonly name: string;
  /** Whether a running process has it. */
  readonly running: boolean;
  readonly lastHour: LastHour;
}

/** What came of an experiment in all. */
export interface Results {
  readonly runs: number;
  readonly candidates: readonly CandidateFigures[];
}

/** What is known of one candidate in a few figures: as its summary has it. */
export interface CandidateFigures {
  readonly name: string;
  readonly runs: number;
  readonly mismatchRate: RateInterval | null;
  /** The factor at the median; null where there is none. */
  readonly speedup: number | null;
  readonly readiness: Readiness;
}

/** The last 60 minutes, the one that it is the last of them. */
export interface LastHour {
  readonly startsAt: Date;
  /** How long a minute is, in ms. */
  readonly step: number;
  readonly runs: readonly number[];
  /** In how many of them a candidate differed: of several, the one that did most often in that minute. */
  readonly differing: readonly number[];
}

/** What came of an experiment in all, from its tallies. */
export function countResults(row: ExperimentRow, tallies: ReadonlyMap<string, Tally>): Results {
  const { runs, candidates } = summarise(row, tallies);
  return {
    runs,
    candidates: candidates.map(({ name, counts, mismatchRate, speedup, readiness }) => ({
      name,
      runs: countRuns({ counts }).runs,
      mismatchRate,
      speedup: speedup.find(({ percentile }) => percentile === MEDIAN)?.factor ?? null,
      readiness,
    })),
  };
}

/** When the last hour began. */
export function lastHourFrom(now: number): number {
  return periodStart('minute', now) - (MINUTES - 1) * MINUTE;
}

/** The last hour of an experiment, from its minutes. */
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

/** What is known of an experiment in a few figures. */
export function makeFigures({ name, seenAt }: ExperimentRow, results: Results, lastHour: LastHour, now: number): Figures {
  return { name, running: isRunning(seenAt, now), ...results, lastHour };
}
