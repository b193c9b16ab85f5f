import type { Bin, Sketch } from '../recording/tallies/sketch.js';
import type { Tally } from '../recording/tallies/tally.js';
import { EXPERIMENT_ITSELF } from '../recording/tallies/tally-row.js';

/** How many bins a distribution has at the most, without that of what took no time. */
const BINS = 119;

/** How long behaviours took. */
export interface Durations {
  readonly name: string;
  readonly candidates: readonly CandidateDurations[];
}

/** How long one candidate took, and the control beside it; null without runs. */
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
  /** Those with something in them, ascending, each as wide as the others on a logarithmic axis, but for the one of what took no time. */
  readonly bins: readonly Bin[];
}

/** How long the candidates of an experiment took, in bins that can be laid over each other. */
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

/** How many of the sketches' own bins are made one, so that there are not too many in any of them. */
function widthFor(sketches: readonly Sketch[]): number {
  const ranges = sketches.flatMap(({ range }) => range ?? []);
  const widest = Math.max(0, ...ranges.map(({ first, last }) => last - first + 1));
  // They begin at multiples of the width, so that both ends can be cut.
  return Math.max(1, Math.ceil(widest / (BINS - 1)));
}

function makeDistribution(sketch: Sketch, width: number): Distribution | null {
  const at = (percent: number) => sketch.percentile(percent) ?? 0;
  if (sketch.count === 0) return null;
  return { count: sketch.count, p50: at(50), p95: at(95), p99: at(99), bins: sketch.bins(width) };
}
