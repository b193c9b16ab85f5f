import { Overdue } from './overdue.js';

/** Callback of a waiting candidate: receives true when it gets a place, false when it had to wait too long. */
type Waiter = (hasPlace: boolean) => void;

/** Limit of an experiment's candidates in flight. Queues those that wait for a place, and knows those that hold one too long. */
export class ConcurrencyLimit {
  private taken = 0;
  private readonly overdue = new Overdue();
  private readonly queue: Waiter[] = [];

  /** @param overdueInAll candidates of all experiments that have timed out and still hold a place */
  constructor(private readonly overdueInAll: Overdue) {}

  /** Tells whether nothing more may start. */
  isFull(limit: number): boolean {
    return !(this.taken < limit);
  }

  /**
   * Takes a place: at once, or later.
   *
   * @param limit number of places
   * @param patience longest wait, in ms
   * @returns true if there was a place at once, otherwise a promise of whether there was one in time
   */
  take(limit: number, patience: number): true | Promise<boolean> {
    if (!this.isFull(limit)) {
      this.taken += 1;
      return true;
    }
    return new Promise((resolve) => {
      const waiter: Waiter = (hasPlace) => {
        clearTimeout(timer);
        resolve(hasPlace);
      };
      const timer = setTimeout(() => {
        this.queue.splice(this.queue.indexOf(waiter), 1);
        waiter(false);
      }, patience);
      timer.unref();
      this.queue.push(waiter);
    });
  }

  /** Notes that a candidate has timed out and still runs. */
  late(candidate: object, patience: number): void {
    this.overdue.add(candidate, patience);
    this.overdueInAll.add(candidate, patience);
  }

  /** Notes that a candidate that may have timed out has settled. */
  settled(candidate: object): void {
    this.overdue.delete(candidate);
    this.overdueInAll.delete(candidate);
  }

  /** Tells whether all places are held by candidates that have timed out and have not settled within the same time again. */
  areStuck(limit: number): boolean {
    return this.overdue.areStuck(limit);
  }

  /** Tells whether some places are held so, and those of all other experiments too, so that none are left. */
  areStuckInAll(inFlight: number): boolean {
    return this.overdue.count > 0 && this.overdueInAll.areStuck(inFlight);
  }

  /** Returns a place: to the candidate that has waited longest, if one waits. */
  free(): void {
    const waiter = this.queue.shift();
    if (waiter === undefined) this.taken -= 1;
    else waiter(true);
  }
}
