/** Units of work between two readings of the clock. One unit is about the work for a property: 20 to 50 ns. */
const UNITS_PER_CHECK = 100;

/** Least and most time, in ms, that a unit takes. Time beyond that was taken by something else. */
const FASTEST = 0.000_01;
const SLOWEST = 0.000_6;

/**
 * Share of a budget at which copying gives up. Work after the last reading of the clock, unwinding the stack, and what else is done for the
 * call while its caller waits, take the rest.
 */
const USABLE = 0.6;

/** Share of a budget that quick operations stay below. */
const LONG = 0.07;

/** Symbol that is thrown when a copy exceeds its budget. */
export const TOO_LARGE = Symbol('tooLarge');

/** Time, in ms, that copying may delay the caller of one call: for the arguments, the value, and the items of an Observable together. */
export class CopyBudget {
  /** Time, in ms, that copying has taken. */
  spent = 0;

  /** Part of it, in ms, that counts: without interruptions of the process. */
  counted = 0;

  /** @param limit in ms */
  constructor(readonly limit: number) {}
}

/** Pace of one copy under way, which keeps it within its budget. Counts its work, and reads the clock now and then. */
export class CopyPace {
  private readonly begun = performance.now();
  private looked = this.begun;
  private units = 0;

  constructor(private readonly budget: CopyBudget) {}

  /**
   * Counts work that is about to be done, or has just been done.
   *
   * @throws TOO_LARGE when the budget is used up
   */
  work(units: number): void {
    this.units += units;
    if (this.units >= UNITS_PER_CHECK) this.checkBudget();
  }

  /**
   * Refuses, before it begins, work that can't be done in the remaining time.
   *
   * @throws TOO_LARGE
   */
  fit(units: number): void {
    if (units * FASTEST > this.budget.limit * USABLE - this.budget.counted) throw TOO_LARGE;
  }

  /** Time, in ms, that a quick operation takes only if its value is too large. */
  get long(): number {
    return this.budget.limit * LONG;
  }

  /** Returns the ms since the clock was last read. */
  sinceLook(): number {
    return performance.now() - this.looked;
  }

  /** Counts time that was certainly spent on the copy. */
  took(duration: number): void {
    this.budget.counted += duration;
  }

  /** Charges the budget when the copy is over, whatever its result. */
  end(): void {
    const now = this.count();
    this.budget.spent += now - this.begun;
  }

  private checkBudget(): void {
    this.count();
    if (this.budget.counted > this.budget.limit * USABLE) throw TOO_LARGE;
  }

  private count(): number {
    const now = performance.now();
    this.budget.counted += Math.min(now - this.looked, this.units * SLOWEST);
    this.looked = now;
    this.units = 0;
    return now;
  }
}
