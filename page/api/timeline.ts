import type { Interval, Outcome } from './summary.js';

/** How far a timeline goes back. */
export type Span = 'hour' | 'day' | 'week' | 'quarter';

export const SPANS = ['hour', 'day', 'week', 'quarter'] as const satisfies readonly Span[];

/** What came of an experiment's runs over time. */
export interface Timeline {
  readonly name: string;
  readonly span: Span;
  /** How long each period is, in ms. */
  readonly step: number;
  /** The periods in which something was counted, the oldest first. */
  readonly points: readonly TimelinePoint[];
}

/** A period. */
export interface TimelinePoint {
  readonly at: string;
  readonly skipped: Readonly<Record<string, number>>;
  readonly candidates: readonly {
    readonly name: string;
    readonly counts: Readonly<Partial<Record<Outcome, number>>>;
    readonly mismatchRate: Interval | null;
  }[];
}
