import type { ExperimentEpoch } from '../recorded.js';
import type { PeriodSkips } from './tally-row.js';

/** Adds up skipped calls by epoch, period and reason. */
export class Skips {
  private readonly periods = new Map<string, { of: ExperimentEpoch; startsAt: number; reasons: Map<string, number> }>();

  /** @param length length of a period, in ms; skips within the same period are added up */
  constructor(private readonly length = 1) {}

  add({ experimentId, epoch }: ExperimentEpoch, at: number, skipped: PeriodSkips['skipped']): void {
    const startsAt = at - (at % this.length);
    const key = `${epoch} ${startsAt}`;
    const period = this.periods.get(key) ?? { of: { experimentId, epoch }, startsAt, reasons: new Map<string, number>() };
    this.periods.set(key, period);
    for (const [reason, count] of Object.entries(skipped)) {
      period.reasons.set(reason, (period.reasons.get(reason) ?? 0) + count);
    }
  }

  all(): PeriodSkips[] {
    return [...this.periods.values()].map(({ of, startsAt, reasons }) => ({
      ...of,
      startsAt,
      skipped: Object.fromEntries(reasons),
    }));
  }
}
