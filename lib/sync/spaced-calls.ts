/** Calls that are made at once as long as they are few. After that, all that are requested within the gap are made as one. */
export class SpacedCalls {
  private timer: NodeJS.Timeout | undefined;
  private left: number;
  private countedAt = performance.now();

  /**
   * @param atOnce number of calls that are made at once
   * @param gap ms after which one more may be
   */
  constructor(
    private readonly call: () => void,
    private readonly atOnce: number,
    private readonly gap: number,
  ) {
    this.left = atOnce;
  }

  request(): void {
    if (this.timer !== undefined) return;
    const now = performance.now();
    this.left = Math.min(this.atOnce, this.left + (now - this.countedAt) / this.gap);
    this.countedAt = now;
    if (this.left >= 1) {
      this.make();
      return;
    }
    this.timer = setTimeout(() => this.make(), (1 - this.left) * this.gap);
    this.timer.unref();
  }

  /** Makes no call that waits. */
  stop(): void {
    clearTimeout(this.timer);
  }

  private make(): void {
    // A call that has waited has used up what came in meanwhile.
    this.left = this.timer === undefined ? this.left - 1 : 0;
    this.countedAt = performance.now();
    this.timer = undefined;
    this.call();
  }
}
