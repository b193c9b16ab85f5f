import type { ExperimentRow } from '../storage/experiment-row.js';
import { ELSEWHERE } from '../recording/tallies/difference-tally.js';
import { countRuns } from '../recording/tallies/outcomes.js';
import type { Sketch } from '../recording/tallies/quantile-sketch.js';
import { shareLeftOut } from './left-out-shares.js';
import type { Measured } from './statistics/measured.js';
import { decideReadiness } from './statistics/readiness.js';
import { intervalOf } from './statistics/interval.js';
import type { Speed } from './statistics/speed.js';
import type { Evidence } from '../recording/evidence/evidence.js';
import type { CandidateSummary, ControlNoise, Percentiles, ExperimentSummary } from './summary.js';
import type { RecordedEpoch } from './recorded-epoch.js';
import { Tally } from '../recording/tallies/tally.js';
import type { FieldDifference } from '../recording/differences/field-difference.js';
import { accountFor } from './run-account.js';
import { summariseSpeedups } from './speedups.js';
import { EXPERIMENT_ITSELF } from '../recording/tallies/tally-row.js';

/**
 * Summarises the tallies of an experiment.
 *
 * @param known names of candidates that may not have been observed yet
 * @param ignoredByCode fields that its code leaves out of the comparison
 */
export function summarise(
  row: ExperimentRow,
  tallies: ReadonlyMap<string, Tally>,
  epoch: RecordedEpoch | null = null,
  known: readonly string[] = [],
  ignoredByCode: readonly string[] = [],
): ExperimentSummary {
  const itself = tallies.get(EXPERIMENT_ITSELF) ?? new Tally();
  const observed = [...tallies.keys()].filter((name) => name !== EXPERIMENT_ITSELF);
  const names = [...new Set([...observed, ...known])].sort();
  const { targetRate, confidence, minSpan, ignorePaths } = row;
  // What was left out in an earlier epoch isn't known any more.
  const ignored = epoch?.current === false ? [] : [...new Set([...ignoredByCode, ...ignorePaths])];
  const candidates = Math.max(observed.length, 1);
  const judged = { release: epoch?.release || undefined, ignored, candidates, targetRate, confidence, minSpan };
  return {
    name: row.name,
    epoch,
    span: { from: timeOf(itself.firstAt), to: timeOf(itself.lastAt) },
    runs: itself.runs,
    skipped: Object.fromEntries(itself.skipped),
    refused: itself.refused.list(),
    candidates: names.map((name) => candidateSummary(name, tallies.get(name) ?? new Tally(), itself, judged)),
  };
}

/** Facts that all candidates of an experiment are judged by. */
type Judged = Pick<Measured, 'release' | 'ignored' | 'candidates' | 'targetRate' | 'confidence' | 'minSpan'>;

function candidateSummary(name: string, tally: Tally, itself: Tally, judged: Judged): CandidateSummary {
  const { runs, differing } = countRuns(tally);
  const { evidence } = tally;
  const fields = summariseFields(tally, itself);
  const speed = summariseSpeed(evidence);
  return {
    name,
    counts: { ...tally.counts },
    account: accountFor(tally),
    drift: tally.drifted,
    reads: tally.reads,
    skipped: Object.fromEntries(itself.skipped),
    mismatchRate: intervalOf(differing, runs),
    durations: { control: readPercentiles(tally.control), candidate: readPercentiles(tally.candidate) },
    delta: readDelta(tally.delta),
    ...summariseSpeedups(tally),
    speed,
    differences: fields,
    examined: tally.differences.examined,
    noise: summariseNoise(itself),
    readiness: decideReadiness({
      runs: evidence.runs,
      differences: evidence.differing,
      excused: evidence.excused,
      pairs: evidence.pairs,
      noisiest: itself.differences.all().find(({ path }) => path !== ELSEWHERE)?.path,
      mostly: mostOf(tally.counts, fields),
      inputs: evidence.inputCoverage,
      subjects: evidence.subjectCoverage,
      span: (evidence.lastAt ?? 0) - (evidence.firstAt ?? 0),
      leftOut: shareLeftOut(tally, itself),
      speed,
      ...judged,
    }),
  };
}

function summariseNoise(itself: Tally): ControlNoise {
  const { runs, differing } = countRuns(itself);
  return { runs, rate: intervalOf(differing, runs) };
}

function summariseSpeed({ speed }: Evidence): Speed | null {
  const speedup = speed?.speedup;
  if (speed === undefined || speedup === undefined) return null;
  return { runs: speed.pairs, speedup, total: speed.total, warmUp: speed.warmUp };
}

function summariseFields(tally: Tally, itself: Tally): FieldDifference[] {
  return tally.differences.all().map((field) => {
    const noise = itself.differences.countOf(field);
    return { ...field, noise, isNoise: noise > 0 && field.path !== ELSEWHERE };
  });
}

/** Describes how the candidate differs most often, in words. */
function mostOf({ mismatched, errored, timedOut }: Tally['counts'], fields: readonly FieldDifference[]): string | undefined {
  if (timedOut > Math.max(mismatched, errored)) return 'because the candidate timed out';
  if (errored > mismatched) return 'because the candidate failed';
  const field = fields.find(({ path, isNoise }) => !isNoise && path !== ELSEWHERE);
  return field && `in ${field.path}`;
}

function readPercentiles(sketch: Sketch): Percentiles | null {
  const at = (percent: number) => sketch.percentile(percent) ?? 0;
  return sketch.count === 0 ? null : { p50: at(50), p90: at(90), p95: at(95), p99: at(99) };
}

function readDelta(sketch: Sketch): CandidateSummary['delta'] {
  const at = (percent: number) => sketch.percentile(percent) ?? 0;
  return sketch.count === 0 ? null : { p5: at(5), p50: at(50), p95: at(95) };
}

function timeOf(time: number | null): Date | null {
  return time === null ? null : new Date(time);
}
