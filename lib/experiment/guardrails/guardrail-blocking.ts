import { Detector, type Seen } from './guardrail-detector.js';

/** Shares of the capital that are bet on each run's exceeding the limit. Small ones detect small excesses, large ones are fast. */
const STAKES = [0.02, 0.05, 0.1, 0.25, 0.5, 1] as const;

/** Duration, in ms, of the shortest block that can be too long by itself. */
export const LONG_BLOCK = 1_000;

/** Multiple of the limit from which a single block is too long by itself. */
const AT_ONCE = 50;

/** Factor by which earlier blocks lose weight with each run: some 10 000 of them count. */
const FADING = 1 - 1 / 10_000;

/**
 * Detector of runs that block the event loop for longer, on average, than a limit allows. It assumes nothing about the distribution of
 * blocks: if the average is at most L, then 1 − λ + λ × ms / L is on average at most 1 for any λ from 0 to 1.
 *
 * One block of 50 times the limit, 1 s or more, is too long by itself if it is longer than the blocks of the last 10 000 runs together.
 */
export class BlockingDetector {
  private readonly detector = new Detector(new Float64Array(STAKES.length).fill(1 / STAKES.length));
  private readonly ratios = new Float64Array(STAKES.length);
  private earlier = 0;

  /** @param limit average that is allowed, in ms */
  constructor(private readonly limit: number) {}

  /** Counts a run that blocked for some ms. Returns `'once'` if that is too long by itself, `'average'` if the average is beyond doubt. */
  take(ms: number): 'once' | 'average' | undefined {
    const { limit, ratios } = this;
    const relative = limit > 0 ? ms / limit : ms > 0 ? Infinity : 1;
    for (let index = 0; index < STAKES.length; index += 1) {
      const stake = STAKES[index] as number; // it has as many
      ratios[index] = 1 + stake * (relative - 1);
    }
    const isEnough = this.detector.take(ratios, 1, ms);
    const isOnce = this.isTooLong(ms);
    this.earlier = this.earlier * FADING + ms;
    if (isOnce) return 'once';
    return isEnough ? 'average' : undefined;
  }

  /** Tells whether a block is too long by itself. */
  isTooLong(ms: number): boolean {
    return ms >= Math.max(AT_ONCE * this.limit, LONG_BLOCK) && ms > this.earlier;
  }

  /** Runs since the excess began. `sum` is their time in ms. */
  get seen(): Seen {
    return this.detector.seen;
  }
}
