import type { CopyBudget } from './copy-budget.js';

/** ms without copying for each that was taken beyond the budget. */
const REST = 1_000;

/** The share of a budget by which it may be exceeded without a rest: the last step of a copy is known only when it is done. */
const TOLERANCE = 0.25;

/**
 * Keeps an experiment from copying for a time after a copy that took longer than it might: a record of a million properties is known to
 * be too large only when it has been looked at. So callers pay for such values at most a thousandth of the time.
 */
export class CopyRest {
  private until = -Infinity;

  /** Whether no call's values are to be looked at now. */
  get isResting(): boolean {
    return this.until > -Infinity && performance.now() < this.until;
  }

  /** Takes what copying for a call has taken so far. A rest is never made shorter. */
  note({ counted, limit }: CopyBudget): void {
    const excess = counted - limit;
    if (excess > limit * TOLERANCE) this.until = Math.max(this.until, performance.now() + REST * excess);
  }
}
