import type { Interval, Outcome } from '../api/summary.js';
import type { Span, Timeline } from '../api/timeline.js';

/** How many periods a span has. */
const PERIODS: Readonly<Record<Span, number>> = { hour: 60, day: 24, week: 168, quarter: 90 };

/** What came of a candidate in a period; it begins at a time in ms since the epoch. */
export interface Period {
  readonly at: number;
  readonly counts: Readonly<Partial<Record<Outcome, number>>>;
  readonly mismatchRate: Interval | null;
}

/** All periods of a timeline up to now, also those in which nothing was counted; the oldest comes first. */
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
