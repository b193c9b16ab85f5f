import type { Task } from '../base/event-loop-turn.js';
import type { MaybePromise } from '../base/maybe-promise.js';

/** Time, in ms, that all work together may take of one turn of the event loop. A piece that can't be divided may exceed it. */
const SLICE = 3;

/** Steps between two readings of the clock: some 0.05 ms. */
const STEPS = 512;

/** Pieces of work that may wait. What waits keeps values in memory. */
const WAITING = 100;

/** Work that can be done in pieces. */
export interface Sliceable<Made> {
  /** Continues for about that many steps. Returns undefined while there is more to do. */
  advance(steps: number): Made | undefined;

  /** Tells whether the next step should have a slice of its own. Clears the flag. */
  takeRest(): boolean;
}

/** Result of work that would take longer than it may, or for which too much other work waits. */
export type TooLarge = 'tooLarge';

/** Time that several pieces of work together may still take. */
export interface Budget {
  /** CPU time, in ms. */
  left: number;
}

/** Work that waits for its turn. */
interface Waiting {
  /** Continues until the turn's time is over. Returns true if it is done. */
  goOn(until: number): boolean;
}

/** Scheduler of work in slices, which never holds the event loop for long. Work that fits into one slice is done at once. */
export class Slices {
  private readonly waiting: Waiting[] = [];
  /** Time, in ms, that was used in this turn. */
  private used = 0;
  private isScheduled = false;

  /**
   * @param turns does the remaining work in later turns of the event loop
   * @param held receives the ms of a slice that was longer than it should be
   */
  constructor(
    private readonly turns: { readonly isOver?: boolean; later(task: Task): void },
    private readonly held: (duration: number) => void = () => undefined,
  ) {}

  /**
   * Does some work: at once if one slice is enough and nothing waits, otherwise in slices, in later turns of the event loop.
   *
   * @param isAtOnce whether to do it in one piece, whatever that takes
   * @throws what the work throws
   */
  run<Made>(work: Sliceable<Made>, budget: Budget, isAtOnce = false): MaybePromise<Made | TooLarge> {
    const job = new Job(work, budget);
    if (isAtOnce) return job.finish();
    if (this.waiting.length === 0 && this.used < SLICE && !this.turns.isOver) {
      const begun = performance.now();
      const made = this.spend(begun, () => job.advance(begun + SLICE - this.used));
      if (made !== undefined) return made;
    }
    if (this.waiting.length >= WAITING) return 'tooLarge';
    return new Promise((resolve, reject) => {
      this.waiting.push({
        goOn: (until) => {
          try {
            const made = job.advance(until);
            if (made === undefined) return false;
            resolve(made);
          } catch (error) {
            reject(error); // passes on what was thrown, whatever it is
          }
          return true;
        },
      });
      this.schedule();
    });
  }

  private spend<Made>(begun: number, act: () => Made): Made {
    try {
      return act();
    } finally {
      this.use(performance.now() - begun);
      // A short use isn't worth scheduling the end of the turn.
      if (this.used > SLICE / 4) this.schedule();
    }
  }

  private use(duration: number): void {
    this.used += duration;
    // A built-in operation, such as listing a million keys, can't be divided.
    if (duration > 2 * SLICE) this.held(duration);
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.turns.later({ work: () => this.turn() });
  }

  private turn(): void {
    this.isScheduled = false;
    const begun = performance.now();
    for (let now = begun; now < begun + SLICE && this.waiting.length > 0; now = performance.now()) {
      // One after the other, so that as little as possible stays in memory at the same time.
      if (this.waiting[0]?.goOn(begun + SLICE) === false) break;
      this.waiting.shift();
    }
    this.used = 0;
    this.use(performance.now() - begun);
    if (this.waiting.length > 0 || this.used > SLICE / 4) this.schedule();
  }
}

/** Piece of work, with the budget that it is charged to. */
class Job<Made> {
  private isLong = false;

  constructor(
    private readonly work: Sliceable<Made>,
    private readonly budget: Budget,
  ) {}

  /** Continues until the slice is over. Returns undefined if the slice was not enough. */
  advance(until: number): Made | TooLarge | undefined {
    const made = this.isLong ? undefined : this.begin();
    if (made !== undefined) return made;
    const begun = performance.now();
    const before = process.cpuUsage();
    let more: Made | undefined;
    let now = begun;
    while (now < until && more === undefined && !this.work.takeRest()) {
      more = this.work.advance(STEPS);
      now = performance.now();
    }
    const { user, system } = process.cpuUsage(before);
    // A process that waits for a processor uses no CPU time, and CPU time of other threads isn't its own.
    this.budget.left -= Math.min(now - begun, (user + system) / 1_000);
    return more ?? (this.budget.left > 0 ? undefined : 'tooLarge');
  }

  finish(): Made | TooLarge {
    for (;;) {
      const made = this.advance(performance.now() + SLICE);
      if (made !== undefined) return made;
    }
  }

  /** Does the first steps, which mostly suffice, without a system call for the CPU time. */
  private begin(): Made | undefined {
    this.isLong = true;
    const begun = performance.now();
    const made = this.work.advance(STEPS);
    if (made === undefined) this.budget.left -= performance.now() - begun;
    return made;
  }
}
