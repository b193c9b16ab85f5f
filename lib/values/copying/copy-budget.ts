/** Units of work after which the clock is looked at. One is about the work of a property: 20 to 50 ns. */
const BETWEEN_LOOKS = 100;

/** ms that a unit takes at the least, and at the most: what the clock shows beyond that was taken by something else. */
const FASTEST = 0.000_01;
const SLOWEST = 0.000_6;

/** Share of a budget at which copying gives up: what follows the last look at the clock, and unwinding the stack, take the rest. */
const USABLE = 0.75;

/** The share of a budget that a quick look at a value does not take. */
const LONG = 0.25;

/** Thrown where a copy goes beyond its budget. */
export const TOO_LARGE = Symbol('tooLarge');

/** The ms that copying may take of the caller of one call: for its arguments, its value, and the items of an Observable, together. */
export class CopyBudget {
  /** ms that copying has taken. */
  spent = 0;

  /** ms of them that count: those in which the process was interrupted don't. */
  counted = 0;

  /** @param limit in ms */
  constructor(readonly limit: number) {}
}

/** Holds one copy under way to its budget: counts its work, and looks at the clock now and then. */
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
    if (this.units >= BETWEEN_LOOKS) this.look();
  }

  /**
   * Refuses, before it is begun, what can't be done in the time that is left.
   *
   * @throws TOO_LARGE
   */
  fit(units: number): void {
    if (units * FASTEST > this.budget.limit * USABLE - this.budget.counted) throw TOO_LARGE;
  }

  /** ms that a quick look does not take, unless what it looks at is too large. */
  get long(): number {
    return this.budget.limit * LONG;
  }

  /** ms since the clock was last looked at. */
  sinceLook(): number {
    return performance.now() - this.looked;
  }

  /** Counts time that is known to be the copy's. */
  took(duration: number): void {
    this.budget.counted += duration;
  }

  /** Takes the time from the budget when the copy is over, whatever came of it. */
  end(): void {
    const now = this.count();
    this.budget.spent += now - this.begun;
  }

  private look(): void {
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
