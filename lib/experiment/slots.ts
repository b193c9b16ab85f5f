/** Gives a waiting candidate its place, or tells that it had to wait too long. */
type Waiter = (hasPlace: boolean) => void;

/** Counts the candidates of an experiment in flight, queues those that wait for a place, and knows those that hold one too long. */
export class Slots {
  /** How many places are held by candidates that have not settled in twice their timeout. */
  stuck = 0;

  private taken = 0;
  private readonly queue = new Set<Waiter>();

  /** Whether nothing more may start. */
  isFull(limit: number): boolean {
    return !(this.taken < limit);
  }

  /**
   * Takes a place: at once, or by a promise of whether there was one in time.
   *
   * @param patience ms to wait
   */
  take(limit: number, patience: number): true | Promise<boolean> {
    if (!this.isFull(limit)) {
      this.taken += 1;
      return true;
    }
    return new Promise((resolve) => {
      const waiter: Waiter = (hasPlace) => {
        clearTimeout(timer);
        this.queue.delete(waiter);
        resolve(hasPlace);
      };
      const timer = setTimeout(waiter, patience, false);
      timer.unref();
      this.queue.add(waiter);
    });
  }

  /** Gives a place back, to the one that has waited longest. */
  free(): void {
    for (const waiter of this.queue) {
      waiter(true);
      return;
    }
    this.taken -= 1;
  }
}
