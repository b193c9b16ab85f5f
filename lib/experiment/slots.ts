/** Counts what is in flight, and queues what has to wait for a place. */
export class Slots {
  private taken = 0;
  private readonly queue: (() => void)[] = [];

  /** Whether nothing more may start. */
  isFull(limit: number): boolean {
    return !(this.taken < limit);
  }

  /** Takes a place: at once, or by a promise that resolves when one is free. */
  take(limit: number): void | Promise<void> {
    if (!this.isFull(limit)) {
      this.taken += 1;
      return;
    }
    return new Promise((resolve) => this.queue.push(resolve));
  }

  /** Gives a place back, to the one that has waited longest. */
  free(): void {
    const next = this.queue.shift();
    if (next === undefined) this.taken -= 1;
    else next();
  }
}
