/** The candidates that have timed out and have not settled, and until when each might still do so, in ms of a monotonic clock. */
export class Overdue {
  private readonly until = new Map<object, number>();

  /** How many there are. */
  get count(): number {
    return this.until.size;
  }

  /** @param patience ms for which it might still settle */
  add(candidate: object, patience: number): void {
    this.until.set(candidate, performance.now() + patience);
  }

  /** Notes that a candidate that may have been overdue has settled. */
  delete(candidate: object): void {
    this.until.delete(candidate);
  }

  /** Whether there are so many or more, and none of them can be expected to settle any more. */
  areStuck(count: number): boolean {
    if (this.until.size < count) return false;
    const now = performance.now();
    for (const until of this.until.values()) if (now < until) return false;
    return true;
  }
}
