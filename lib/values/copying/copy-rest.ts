import type { CopyBudget } from './copy-budget.js';

/** Duration of the rest, in ms, per ms beyond the budget. */
const REST = 1_000;

/** Share of a budget by which it may be exceeded without a rest, because the last step of a copy can't be predicted. */
const TOLERANCE = 0.25;

/**
 * Pause in an experiment's copying after a copy that exceeded its budget. A record of a million properties is known to be too large only
 * after it has been inspected. With the pause, callers spend at most a thousandth of the time on such values.
 */
export class CopyRest {
  private until = -Infinity;

  /** Tells whether calls' values must not be inspected now. */
  get isResting(): boolean {
    return this.until > -Infinity && performance.now() < this.until;
  }

  /** Notes the time that copying for a call has taken so far. Never shortens a rest. */
  note({ counted, limit }: CopyBudget): void {
    const excess = counted - limit;
    if (excess > limit * TOLERANCE) this.until = Math.max(this.until, performance.now() + REST * excess);
  }
}
