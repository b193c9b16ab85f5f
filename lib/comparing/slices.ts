import type { MaybePromise } from '../base/maybe-promise.js';

/** ms of one turn of the event loop that all work together may take: a piece that can't be divided may come on top. */
const SLICE = 3;

/** How many steps are made between two looks at the clock: some 0.05 ms. */
const STEPS = 512;

/** How much work waits for its turn at the most: what waits keeps values in memory. */
const WAITING = 100;

/** Work that can be done in pieces. */
export interface Sliceable<Made> {
  /** Goes on for about so many steps. Gives undefined while there is more to do. */
  advance(steps: number): Made | undefined;

  /** Tells, once, whether what comes next had better have a slice of its own. */
  takeRest(): boolean;
}

/** What becomes of work that would take longer than it may, or for which too much other work waits. */
export type TooLarge = 'tooLarge';

/** What work may still take, for several pieces of work together. */
export interface Budget {
  /** ms of CPU. */
  left: number;
}

/** Work that waits for its turn. */
interface Waiting {
  /** Goes on until the turn's time is over. Gives whether it is done. */
  goOn(until: number): boolean;
}

/** Does work in slices, so that an application's event loop is never kept for long. What is done within one slice is done at once. */
export class Slices {
  private readonly waiting: Waiting[] = [];
  /** ms that were used in this turn. */
  private used = 0;
  private isScheduled = false;

  /**
   * @param turns does what is left in later turns of the event loop
   * @param held takes the ms of a slice that was longer than it should be
   */
  constructor(
    private readonly turns: { later(task: () => void): void },
    private readonly held: (duration: number) => void = () => undefined,
  ) {}

  /**
   * Does some work: at once if a slice is enough and nothing waits, else in slices, in turns of the event loop to come.
   *
   * @param isAtOnce whether it is done in one piece, whatever it takes
   * @throws what the work throws
   */
  run<Made>(work: Sliceable<Made>, budget: Budget, isAtOnce = false): MaybePromise<Made | TooLarge> {
    const job = new Job(work, budget);
    if (isAtOnce) return job.finish();
    if (this.waiting.length === 0 && this.used < SLICE) {
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
            reject(error); // what was thrown is handed on, whatever it is
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
      // Of little that was used nobody needs to be told that the turn is over.
      if (this.used > SLICE / 4) this.schedule();
    }
  }

  private use(duration: number): void {
    this.used += duration;
    // What the language does in one piece, such as listing a million keys, can't be divided.
    if (duration > 2 * SLICE) this.held(duration);
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.turns.later(() => this.turn());
  }

  private turn(): void {
    this.isScheduled = false;
    const begun = performance.now();
    for (let now = begun; now < begun + SLICE && this.waiting.length > 0; now = performance.now()) {
      // One after the other, so that as little as possible is kept at the same time.
      if (this.waiting[0]?.goOn(begun + SLICE) === false) break;
      this.waiting.shift();
    }
    this.used = 0;
    this.use(performance.now() - begun);
    if (this.waiting.length > 0 || this.used > SLICE / 4) this.schedule();
  }
}

/** Some work, and what it may still take. */
class Job<Made> {
  private isLong = false;

  constructor(
    private readonly work: Sliceable<Made>,
    private readonly budget: Budget,
  ) {}

  /** Gives undefined if the slice was not enough. */
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
    // A process that waits for a processor uses none, and other threads use others.
    this.budget.left -= Math.min(now - begun, (user + system) / 1_000);
    return more ?? (this.budget.left > 0 ? undefined : 'tooLarge');
  }

  finish(): Made | TooLarge {
    for (;;) {
      const made = this.advance(performance.now() + SLICE);
      if (made !== undefined) return made;
    }
  }

  /** Does the first steps, which are mostly all, without asking the system what they take. */
  private begin(): Made | undefined {
    this.isLong = true;
    const begun = performance.now();
    const made = this.work.advance(STEPS);
    if (made === undefined) this.budget.left -= performance.now() - begun;
    return made;
  }
}
