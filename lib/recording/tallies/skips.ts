import type { PeriodSkips } from './tally-row.js';

/** Adds up skipped calls by period and reason. */
export class Skips {
  private readonly periods = new Map<number, Map<string, number>>();

  /** @param length length of a period, in ms; skips within the same period are added up */
  constructor(private readonly length = 1) {}

  add(startsAt: number, skipped: PeriodSkips['skipped']): void {
    const period = startsAt - (startsAt % this.length);
    const reasons = this.periods.get(period) ?? new Map<string, number>();
    this.periods.set(period, reasons);
    for (const [reason, count] of Object.entries(skipped)) reasons.set(reason, (reasons.get(reason) ?? 0) + count);
  }

  all(): PeriodSkips[] {
    return [...this.periods].map(([startsAt, reasons]) => ({ startsAt, skipped: Object.fromEntries(reasons) }));
  }
}
