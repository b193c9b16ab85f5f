import type { ExperimentRow } from '../storage/experiment.row.js';
import type { Field } from './difference.tally.js';
import { EXPERIMENT_ITSELF } from './experiment.book.js';
import type { Sketch } from './sketch.js';
import { isNoWorseThan, type Frequency } from './statistics/noise.js';
import { readinessOf } from './statistics/readiness.js';
import { wilson } from './statistics/wilson.js';
import type { CandidateSummary, FieldDifference, Noise, Percentiles, Summary } from './summary.js';
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
    tally.addContent(content);
    tallies.set(candidate, tally);
  }
  const itself = tallies.get(EXPERIMENT_ITSELF) ?? new Tally();
  tallies.delete(EXPERIMENT_ITSELF);
  return {
    name: row.name,
    span: { from: timeOf(itself.firstAt), to: timeOf(itself.lastAt) },
    runs: itself.runs,
    skipped: Object.fromEntries(itself.skipped),
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
  const { runs, differing } = outcomesOf(tally);
  const fields = fieldsOf(tally, itself);
  return {
    name,
    counts: { ...tally.counts },
    drift: tally.drifted,
    skipped: Object.fromEntries(itself.skipped),
    mismatchRate: wilson(differing, runs),
    durations: { control: percentilesOf(tally.control), candidate: percentilesOf(tally.candidate) },
    delta: deltaOf(tally.delta),
    speedup: SPEEDUP_PERCENTILES.flatMap((percentile) => {
      const factor = tally.speedup.percentile(percentile);
      return factor === undefined ? [] : [{ percentile, factor }];
    }),
    differences: fields,
    examined: tally.differences.examined,
    noise: noiseOf(itself),
    readiness: readinessOf({
      runs,
      differences: differing,
      noise: tally.differences.countOnly((field) => isNoise(field, tally, itself)),
      mostFrequent: fields.find((field) => !field.isNoise)?.path,
      targetRate,
      confidence,
    }),
  };
}

/** How many runs there were, and in how many the candidate differed in a way that counts. */
function outcomesOf({ counts }: Tally): { runs: number; differing: number } {
  const differing = counts.mismatched + counts.errored + counts.timedOut;
  return { runs: counts.matched + counts.ignored + differing, differing };
}

function noiseOf(itself: Tally): Noise {
  const { runs, differing } = outcomesOf(itself);
  return { runs, rate: wilson(differing, runs) };
}

function fieldsOf(tally: Tally, itself: Tally): FieldDifference[] {
  return tally.differences.all().map((field) => ({
    ...field,
    noise: itself.differences.countOf(field),
    isNoise: isNoise(field, tally, itself),
  }));
}

function isNoise(field: Field, tally: Tally, itself: Tally): boolean {
  return isNoWorseThan(frequencyOf(field, tally), frequencyOf(field, itself));
}

/** How often a field differed, in how many runs: where not every mismatch was looked into, as often as in those that were. */
function frequencyOf(field: Field, tally: Tally): Frequency {
  const { examined } = tally.differences;
  const scale = examined === 0 ? 0 : tally.counts.mismatched / examined;
  return { differences: tally.differences.countOf(field) * scale, runs: outcomesOf(tally).runs };
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
