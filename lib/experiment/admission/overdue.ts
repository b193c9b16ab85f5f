/** Candidates that have timed out and have not settled, with the time until which each may still do so, in ms of a monotonic clock. */
export class Overdue {
  private readonly until = new Map<object, number>();

  /** Number of these candidates. */
  get count(): number {
    return this.until.size;
  }

  /** @param patience time, in ms, in which it may still settle */
  add(candidate: object, patience: number): void {
    this.until.set(candidate, performance.now() + patience);
  }

  /** Notes that a candidate that may have been overdue has settled. */
  delete(candidate: object): void {
    this.until.delete(candidate);
  }

  /** Tells whether there are at least that many, none of which can be expected to settle any more. */
  areStuck(count: number): boolean {
    if (this.until.size < count) return false;
    const now = performance.now();
    for (const until of this.until.values()) if (now < until) return false;
    return true;
  }
}
