import type { Interval, Outcome } from '../api/summary.js';
import type { Span, Timeline } from '../api/timeline.js';

/** Number of periods of a span. */
const PERIODS: Readonly<Record<Span, number>> = { hour: 60, day: 24, week: 168, quarter: 90 };

/** Results of a candidate in a period. Its start is in ms since the epoch. */
export interface Period {
  readonly at: number;
  readonly counts: Readonly<Partial<Record<Outcome, number>>>;
  readonly mismatchRate: Interval | null;
}

/** Returns all periods of a timeline up to now, also empty ones, the oldest first. */
export function periodsOf({ span, step, points }: Timeline, candidate: string, now: number): Period[] {
  const counted = new Map(
    points.flatMap(({ at, candidates }) => {
      const found = candidates.find(({ name }) => name === candidate);
      return found === undefined ? [] : [[Math.floor(Date.parse(at) / step), found] as const];
    }),
  );
  const last = Math.max(Math.floor(now / step), ...counted.keys());
  return Array.from({ length: PERIODS[span] }, (_, index) => {
    const nth = last - PERIODS[span] + 1 + index;
    const { counts = {}, mismatchRate = null } = counted.get(nth) ?? {};
    return { at: nth * step, counts, mismatchRate };
  });
}
