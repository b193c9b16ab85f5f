import type { Steps } from '../../base/steps.js';

/** Length of a budget period, in ms, by a monotonic clock. */
const SECOND = 1_000;

/** Part of a second's time that may be spent at once. The rest is spread over the second, so that callers never wait for all of it. */
const AT_ONCE = 0.1;

/** Weight of the latest period in what a piece of work costs, and in how many there are where they become more. */
const LATEST = 0.2;

/** Weight of the latest period where pieces become fewer. It is small, so that quiet times don't count much more than busy ones. */
const RECOVERY = 1 / 300;

/** Limits work to a share of the time, so that a busy process still has time for its callers. */
export class TimeBudget {
  private second = 0;
  private spent = 0;
  /** Time, in ms, that was spent in advance at the last look, and when that was. */
  private owed = 0;
  private owedAt = 0;
  /** Share of the runs that are drawn. */
  private drawn = 1;
  /** Pieces of work in this period. */
  private pieces = 0;
  /** Cost of a piece, in ms. It falls while the code is new to the process. */
  private cost = 0;
  /** Pieces of a period, if all runs were drawn. */
  private demand = 0;

  /**
   * @param share ms of each second
   * @param now a monotonic clock, in ms
   */
  constructor(
    private readonly share: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Draws whether a run is examined, whatever it turns out to be, so that the time for all that are drawn is within the budget. It is decided
   * by what examining has cost before.
   */
  draws(): boolean {
    this.begin(this.now());
    return Math.random() < this.drawn;
  }

  /** Tells whether time is left in the budget. */
  get isOpen(): boolean {
    this.repay(this.now());
    return this.owed < this.share * AT_ONCE;
  }

  /** Does work in steps, and charges their duration to the budget. */
  *chargeSteps<Made>(steps: Steps<Made>): Steps<Made> {
    for (;;) {
      const step = this.charge(() => steps.next());
      if (step.done) return step.value;
      yield;
    }
  }

  /** Does some work in any case, and charges its duration to the budget. */
  charge<Made>(work: () => Made): Made {
    const start = this.now();
    this.begin(start);
    try {
      return work();
    } finally {
      const end = this.now();
      this.spent += end - start;
      this.pieces += 1;
      this.repay(end);
      this.owed = Math.min(this.owed + end - start, this.share);
    }
  }

  /** Subtracts what has become due since the last look. */
  private repay(now: number): void {
    this.owed = Math.max(0, this.owed - ((now - this.owedAt) * this.share) / SECOND);
    this.owedAt = now;
  }

  private begin(now: number): void {
    const second = Math.floor(now / SECOND);
    if (second === this.second) return;
    if (this.pieces > 0) this.cost = approach(this.cost, this.spent / this.pieces, LATEST);
    const demand = this.pieces / this.drawn;
    this.demand = approach(this.demand, demand, demand > this.demand ? LATEST : RECOVERY);
    this.drawn = this.share / Math.max(this.cost * this.demand, this.share);
    this.pieces = 0;
    this.second = second;
    this.spent = 0;
  }
}

/** Goes a part of the way from a value to another; from none, all of it. */
function approach(value: number, target: number, part: number): number {
  return value === 0 ? target : value + (target - value) * part;
}
