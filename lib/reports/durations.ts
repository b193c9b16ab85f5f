import type { Bin, Sketch } from '../recording/tallies/quantile-sketch.js';
import type { Tally } from '../recording/tallies/tally.js';
import { EXPERIMENT_ITSELF } from '../recording/tallies/tally-row.js';

/** Largest number of bins in a distribution, without the bin of zero durations. */
const BINS = 119;

/** Durations of an experiment's candidates. */
export interface Durations {
  readonly name: string;
  readonly candidates: readonly CandidateDurations[];
}

/** Durations of one candidate, and of the control in the same runs; null without runs. */
export interface CandidateDurations {
  readonly name: string;
  readonly control: Distribution | null;
  readonly candidate: Distribution | null;
}

/** A distribution of durations in ms. */
export interface Distribution {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Non-empty bins in ascending order. All have the same width on a logarithmic axis, except the bin of zero durations. */
  readonly bins: readonly Bin[];
}

/** Summarises the durations of an experiment's candidates, in bins that can be laid over each other. */
export function summariseDurations(name: string, tallies: ReadonlyMap<string, Tally>): Durations {
  const candidates = [...tallies].filter(([candidate]) => candidate !== EXPERIMENT_ITSELF).sort(([a], [b]) => (a < b ? -1 : 1));
  const width = widthFor(candidates.flatMap(([, { control, candidate }]) => [control, candidate]));
  return {
    name,
    candidates: candidates.map(([candidate, tally]) => ({
      name: candidate,
      control: makeDistribution(tally.control, width),
      candidate: makeDistribution(tally.candidate, width),
    })),
  };
}

/** Returns the number of the sketches' own bins to combine into one, so that no distribution has too many. */
function widthFor(sketches: readonly Sketch[]): number {
  const ranges = sketches.flatMap(({ range }) => range ?? []);
  const widest = Math.max(0, ...ranges.map(({ first, last }) => last - first + 1));
  // Combined bins begin at multiples of the width, so both the first and the last may be partly filled.
  return Math.max(1, Math.ceil(widest / (BINS - 1)));
}

function makeDistribution(sketch: Sketch, width: number): Distribution | null {
  const at = (percent: number) => sketch.percentile(percent) ?? 0;
  if (sketch.count === 0) return null;
  return { count: sketch.count, p50: at(50), p95: at(95), p99: at(99), bins: sketch.bins(width) };
}
