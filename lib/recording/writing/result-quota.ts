import type { Outcome } from '../../experiment/observation.js';
import { MINUTE } from '../tallies/tier.js';

/** How many runs that match, or differ in an ignored way, are kept in a minute: enough to see what one looks like. */
const HARMLESS_A_MINUTE = 1;

/** Decides which of an experiment's results are kept as samples: so many of each outcome in a minute. */
export class ResultQuota {
  private minute = 0;
  private readonly taken = new Map<Outcome, number>();

  /** @param perMinute how many of each outcome */
  constructor(private readonly perMinute: number) {}

  /** Whether a result is kept. To be asked once. */
  takes(outcome: Outcome, now: number): boolean {
    const minute = Math.floor(now / MINUTE);
    if (minute !== this.minute) {
      this.minute = minute;
      this.taken.clear();
    }
    const taken = this.taken.get(outcome) ?? 0;
    const isHarmless = outcome === 'matched' || outcome === 'ignored';
    if (taken >= (isHarmless ? Math.min(HARMLESS_A_MINUTE, this.perMinute) : this.perMinute)) return false;
    this.taken.set(outcome, taken + 1);
    return true;
  }
}
