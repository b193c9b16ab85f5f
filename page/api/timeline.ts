import type { Interval, Outcome } from './summary.js';

/** Length of a timeline. */
export type Span = 'hour' | 'day' | 'week' | 'quarter';

/** All lengths of a timeline, the shortest first. */
export const SPANS = ['hour', 'day', 'week', 'quarter'] as const satisfies readonly Span[];

/** Results of an experiment over time. */
export interface Timeline {
  readonly name: string;
  readonly span: Span;
  /** Length of a period, in ms. */
  readonly step: number;
  /** Periods with counts, the oldest first. */
  readonly points: readonly TimelinePoint[];
}

/** Results of one period. */
export interface TimelinePoint {
  readonly at: string;
  readonly skipped: Readonly<Record<string, number>>;
  readonly candidates: readonly {
    readonly name: string;
    readonly counts: Readonly<Partial<Record<Outcome, number>>>;
    readonly mismatchRate: Interval | null;
  }[];
}
