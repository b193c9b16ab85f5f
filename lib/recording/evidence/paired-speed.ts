import type { SpeedContent } from './evidence-content.js';
import { RatioCounts } from './ratio-counts.js';

/** Shortest duration, in ms, of which a ratio says anything. */
export const SHORTEST = 0.005;

/** Durations of one run, in ms. */
export interface PairedDurations {
  /** The control's first call. */
  readonly first: number;
  /** Its second call. */
  readonly again: number;
  readonly candidate: number;
}

/** A median with the bounds of its 95 % confidence interval. */
export interface MedianRatio {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** The 97.5th percentile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * Compares the speed of a candidate with that of the control's second call, in runs in which the two came in random order. The control's
 * first call is no measure: what comes later finds caches filled.
 */
export class PairedSpeed {
  pairs = 0;
  /** Sums of the durations, in ms. */
  private first = 0;
  private again = 0;
  private candidate = 0;
  private readonly speedups = new RatioCounts();

  static from(content: SpeedContent): PairedSpeed {
    const speed = new PairedSpeed();
    speed.addContent(content);
    return speed;
  }

  /** Counts a run, unless it is too short to be measured. */
  observe({ first, again, candidate }: PairedDurations): void {
    if (again < SHORTEST || candidate < SHORTEST) return;
    this.pairs += 1;
    this.first += first;
    this.again += again;
    this.candidate += candidate;
    this.speedups.add(again / candidate);
  }

  add(other: PairedSpeed): void {
    this.addContent(other.toContent());
  }

  /** Duration of the control's second calls divided by that of the candidate, of all runs together. */
  get total(): number {
    return this.again / this.candidate;
  }

  /**
   * Median of the control's second call divided by the candidate, with the interval between two order statistics (H. A. David and
   * H. N. Nagaraja, "Order Statistics", 2003, 7.1); undefined without runs.
   */
  get speedup(): MedianRatio | undefined {
    const { pairs, speedups } = this;
    const half = (Z * Math.sqrt(pairs)) / 2;
    const estimate = speedups.atRank(Math.floor((pairs - 1) / 2));
    const low = speedups.atRank(Math.floor(pairs / 2 - half) - 1);
    const high = speedups.atRank(Math.ceil(pairs / 2 + half));
    return estimate === undefined || low === undefined || high === undefined ? undefined : { estimate, low, high };
  }

  /** Returns the control's second call divided by the candidate at a percentile, 0 to 100, by nearest rank; undefined without runs. */
  percentile(percent: number): number | undefined {
    return this.speedups.atRank(Math.max(Math.ceil((percent / 100) * this.pairs), 1) - 1);
  }

  /** Duration of the control's first calls divided by that of its second ones, of all runs together. */
  get warmUp(): number {
    return this.first / this.again;
  }

  toContent(): SpeedContent {
    const { pairs, first, again, candidate, speedups } = this;
    return { pairs, first, again, candidate, speedups: speedups.toContent() };
  }

  private addContent({ pairs, first, again, candidate, speedups }: SpeedContent): void {
    this.pairs += pairs;
    this.first += first;
    this.again += again;
    this.candidate += candidate;
    this.speedups.addContent(speedups);
  }
}
