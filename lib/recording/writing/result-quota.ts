import type { Outcome } from '../../experiment/observation.js';
import { MINUTE } from '../tallies/period-tier.js';

/** Number of matching or ignored runs kept per minute: enough to see an example. */
const HARMLESS_A_MINUTE = 1;

/** Decides which results of an experiment are kept: a limited number of each outcome per minute. */
export class ResultQuota {
  private minute = 0;
  private readonly taken = new Map<Outcome, number>();

  /** @param perMinute number of results of each outcome */
  constructor(private readonly perMinute: number) {}

  /** Tells whether a result would be kept. */
  isOpen(outcome: Outcome, now: number): boolean {
    return Math.floor(now / MINUTE) !== this.minute || (this.taken.get(outcome) ?? 0) < this.mostOf(outcome);
  }

  /** Decides whether a result is kept, and counts it against the quota. Call it once per result. */
  takes(outcome: Outcome, now: number): boolean {
    const minute = Math.floor(now / MINUTE);
    if (minute !== this.minute) {
      this.minute = minute;
      this.taken.clear();
    }
    const taken = this.taken.get(outcome) ?? 0;
    if (taken >= this.mostOf(outcome)) return false;
    this.taken.set(outcome, taken + 1);
    return true;
  }

  private mostOf(outcome: Outcome): number {
    const isHarmless = outcome === 'matched' || outcome === 'ignored';
    return isHarmless ? Math.min(HARMLESS_A_MINUTE, this.perMinute) : this.perMinute;
  }
}
