import { EXPERIMENT_ITSELF } from './experiment.book.js';
import type { ExperimentRow } from '../storage/experiment.row.js';
import type { Sketch } from './sketch.js';
import { readinessOf } from './statistics/readiness.js';
import { wilson } from './statistics/wilson.js';
import type { CandidateSummary, Percentiles, Summary } from './summary.js';
import { Tally, type TallyContent } from './tally.js';

/** At which percentiles the speedup is told: every 5 %. */
const SPEEDUP_PERCENTILES = Array.from({ length: 21 }, (_, index) => index * 5);

/** Adds up what all processes have counted, and says what it means. */
export function summarise(
  row: ExperimentRow,
  rows: readonly { readonly candidate: string; readonly content: TallyContent }[],
): Summary {
  const tallies = new Map<string, Tally>();
  for (const { candidate, content } of rows) {
    const tally = tallies.get(candidate) ?? new Tally();
    tally.merge(Tally.from(content));
    tallies.set(candidate, tally);
  }
  const itself = tallies.get(EXPERIMENT_ITSELF) ?? new Tally();
  tallies.delete(EXPERIMENT_ITSELF);
  return {
    name: row.name,
    span: { from: timeOf(itself.firstAt), to: timeOf(itself.lastAt) },
    runs: itself.runs,
    candidates: [...tallies]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, tally]) => candidateSummary(name, tally, itself, row)),
  };
}

function candidateSummary(
  name: string,
  tally: Tally,
  itself: Tally,
  { targetRate, confidence }: ExperimentRow,
): CandidateSummary {
  const { matched, mismatched, ignored, errored, timedOut } = tally.counts;
  const differing = mismatched + errored + timedOut;
  const runs = matched + ignored + differing;
  return {
    name,
    counts: { ...tally.counts },
    skipped: Object.fromEntries(itself.skipped),
    mismatchRate: wilson(differing, runs),
    durations: { control: percentilesOf(tally.control), candidate: percentilesOf(tally.candidate) },
    delta: deltaOf(tally.delta),
    speedup: SPEEDUP_PERCENTILES.flatMap((percentile) => {
      const factor = tally.speedup.percentile(percentile);
      return factor === undefined ? [] : [{ percentile, factor }];
    }),
    differences: tally.differences.all(),
    noise: { runs: 0, rate: null },
    drift: 0,
    examined: mismatched,
    readiness: readinessOf({ runs, differences: differing, targetRate, confidence }),
  };
}

function percentilesOf(sketch: Sketch): Percentiles | null {
  const at = (percent: number) => sketch.percentile(percent) ?? 0;
  return sketch.count === 0 ? null : { p50: at(50), p90: at(90), p95: at(95), p99: at(99) };
}

function deltaOf(sketch: Sketch): CandidateSummary['delta'] {
  const at = (percent: number) => sketch.percentile(percent) ?? 0;
  return sketch.count === 0 ? null : { p5: at(5), p50: at(50), p95: at(95) };
}

function timeOf(time: number | null): Date | null {
  return time === null ? null : new Date(time);
}
