/** Length of a budget period, in ms, by a monotonic clock. */
const SECOND = 1_000;

/** Limits work to a share of the time, so that a busy process still has time for its callers. */
export class TimeBudget {
  private second = 0;
  private spent = 0;

  /**
   * @param share ms of each second
   * @param now a monotonic clock, in ms
   */
  constructor(
    private readonly share: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Does some work if time is left in the budget; returns `undefined` otherwise. */
  spend<Made>(work: () => Made): Made | undefined {
    this.begin();
    return this.spent >= this.share ? undefined : this.charge(work);
  }

  /** Does some work in any case, and charges its duration to the budget. */
  charge<Made>(work: () => Made): Made {
    this.begin();
    const start = this.now();
    try {
      return work();
    } finally {
      this.spent += this.now() - start;
    }
  }

  private begin(): void {
    const second = Math.floor(this.now() / SECOND);
    if (second === this.second) return;
    this.second = second;
    this.spent = 0;
  }
}
