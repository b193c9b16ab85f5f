import { Detector, type Seen } from './guardrail-detector.js';

/**
 * Distances of the alternatives from the limit, in logits, so that the same ones suit limits of 50 % and of 0.01 %. In the last, every run
 * is a hit. The largest two need few runs anyway, and have half the weight.
 */
const ALTERNATIVES = [
  { by: 0.025, weight: 2 },
  { by: 0.05, weight: 2 },
  { by: 0.1, weight: 2 },
  { by: 0.2, weight: 2 },
  { by: 0.4, weight: 2 },
  { by: 0.8, weight: 2 },
  { by: 1.6, weight: 2 },
  { by: 3.2, weight: 2 },
  { by: 6.4, weight: 1 },
  { by: Infinity, weight: 1 },
] as const;

/** Runs that other processes have counted. */
export interface Batch {
  readonly runs: number;
  readonly hits: number;
}

/** Detector of a share of hits beyond a limit. With a limit of 0, the first hit is enough. With 1, every run may be a hit. */
export class RateDetector {
  private readonly detector: Detector;
  private readonly hit: Float64Array;
  private readonly miss: Float64Array;

  /** @param limit share that is allowed, 0 to 1 */
  constructor(limit: number) {
    const odds = limit / (1 - limit);
    const shares = ALTERNATIVES.map(({ by }) => (by === Infinity ? 1 : oddsToShare(odds * Math.exp(by))));
    const ratio = (share: number, within: number) => (share === within ? 1 : share / within);
    this.hit = Float64Array.from(shares, (share) => (limit === 0 ? Infinity : ratio(share, limit)));
    this.miss = Float64Array.from(shares, (share) => (limit === 0 ? 1 : ratio(1 - share, 1 - limit)));
    const total = ALTERNATIVES.reduce((sum, { weight }) => sum + weight, 0);
    this.detector = new Detector(Float64Array.from(ALTERNATIVES, ({ weight }) => weight / total));
  }

  /** Counts a run. Returns true if the limit is exceeded beyond doubt. */
  take(isHit: boolean): boolean {
    return this.detector.take(isHit ? this.hit : this.miss, 1, isHit ? 1 : 0);
  }

  /** Counts runs of other processes, whatever their order. Returns the same as `take`. */
  takeBatch({ runs, hits }: Batch): boolean {
    const misses = runs - hits;
    const ratios = this.hit.map((hit, index) => Math.exp(logTimes(hit, hits) + logTimes(this.miss[index] ?? 1, misses)));
    return this.detector.take(ratios, runs, hits, true);
  }

  /** Runs since the excess began. `sum` counts the hits. */
  get seen(): Seen {
    return this.detector.seen;
  }
}

function oddsToShare(odds: number): number {
  return odds === Infinity ? 1 : odds / (1 + odds);
}

/** Returns the logarithm of a ratio to the power of `times`: 0 for 0 times, whatever the ratio. */
function logTimes(ratio: number, times: number): number {
  return times === 0 ? 0 : Math.log(ratio) * times;
}
