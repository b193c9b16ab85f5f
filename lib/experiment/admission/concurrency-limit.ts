import { Overdue } from './overdue.js';

/** Gives a waiting candidate its place, or tells that it had to wait too long. */
type Waiter = (hasPlace: boolean) => void;

/** Counts the candidates of an experiment in flight, queues those that wait for a place, and knows those that hold one too long. */
export class ConcurrencyLimit {
  private taken = 0;
  private readonly overdue = new Overdue();
  private readonly queue = new Set<Waiter>();

  /** @param overdueInAll the candidates of all experiments that have timed out and still hold a place */
  constructor(private readonly overdueInAll: Overdue) {}

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

  /** Notes that a candidate has timed out and goes on. */
  late(candidate: object, patience: number): void {
    this.overdue.add(candidate, patience);
    this.overdueInAll.add(candidate, patience);
  }

  /** Notes that a candidate that may have timed out has settled. */
  settled(candidate: object): void {
    this.overdue.delete(candidate);
    this.overdueInAll.delete(candidate);
  }

  /** Whether all places are held by candidates that have timed out and have not settled in as long again. */
  areStuck(limit: number): boolean {
    return this.overdue.areStuck(limit);
  }

  /** Whether some places are held so, and all those of other experiments too, so that there are none left. */
  areStuckInAll(inFlight: number): boolean {
    return this.overdue.count > 0 && this.overdueInAll.areStuck(inFlight);
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
