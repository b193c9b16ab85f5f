import { countAll } from '../recording/tallies/outcomes.js';
import type { Outcome } from '../experiment/observation.js';
import { countRuns, sumOutcomes, type OutcomeCounts } from '../recording/tallies/outcomes.js';
import { intervalOf, type RateInterval } from './statistics/interval.js';
import { DAY, HOUR, MINUTE, periodStart, type TallyTier } from '../recording/tallies/period-tier.js';
import { EXPERIMENT_ITSELF, type PeriodCounts, type PeriodSkips } from '../recording/tallies/tally-row.js';

/** Available time spans: number and length of their steps, and the tiers that hold their counts, the shortest first. */
export const SPANS = {
  hour: { step: MINUTE, steps: 60, tiers: ['minute'] },
  day: { step: HOUR, steps: 24, tiers: ['minute', 'hour'] },
  week: { step: HOUR, steps: 7 * 24, tiers: ['minute', 'hour'] },
  quarter: { step: DAY, steps: 90, tiers: ['minute', 'hour', 'day'] },
} as const satisfies Record<string, { step: number; steps: number; tiers: readonly TallyTier[] }>;

/** Name of a time span. */
export type Span = keyof typeof SPANS;

/** Results of an experiment over time. */
export interface Timeline {
  readonly name: string;
  readonly span: Span;
  /** Length of the periods, in ms. */
  readonly step: number;
  /** Periods with counts, the oldest first. */
  readonly points: readonly Point[];
}

/** Results of an experiment in one period. */
export interface Point {
  readonly at: Date;
  /** Sampled calls that ran the control alone, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly candidates: readonly CandidatePoint[];
}

/** Results of one candidate in one period. */
export interface CandidatePoint {
  readonly name: string;
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly mismatchRate: RateInterval | null;
}

/** All counts in periods of one tier. */
export interface Layer {
  readonly tier: TallyTier;
  readonly counted: readonly Pick<PeriodCounts, 'epoch' | 'startsAt' | 'candidate' | 'runs' | 'counts'>[];
  readonly skipped: readonly Omit<PeriodSkips, 'experimentId'>[];
}

interface Period {
  readonly epoch: number;
  readonly startsAt: number;
  readonly candidate: string;
  readonly runs: number;
  readonly counts: OutcomeCounts;
  readonly skipped: Readonly<Record<string, number>>;
}

const NOTHING = { runs: 0, counts: { matched: 0, mismatched: 0, ignored: 0, errored: 0, timedOut: 0 }, skipped: {} };

/** Returns the start of a span's first period. */
export function timelineStart(span: Span, now: number): number {
  const { step, steps, tiers } = SPANS[span];
  return periodStart(tiers[tiers.length - 1] ?? 'minute', now) - (steps - 1) * step;
}

/**
 * Builds the timeline of an experiment. As periods get old, they are rolled up into longer ones. Shorter periods are added up
 * here; if a longer period that was already rolled up from them exists too, the one with the larger counts is used. That is so for each
 * epoch; at last, all epochs are added up.
 *
 * @param layers counts by tier, the shortest first
 */
export function makeTimeline(name: string, span: Span, layers: readonly Layer[]): Timeline {
  let periods = new Periods();
  for (const { tier, counted, skipped } of layers) {
    const shorter = new Periods();
    for (const period of periods.all()) shorter.add({ ...period, startsAt: periodStart(tier, period.startsAt) });
    const own = new Periods();
    for (const period of counted) own.add({ ...period, skipped: {} });
    for (const { epoch, startsAt, skipped: reasons } of skipped) {
      own.add({ ...NOTHING, epoch, startsAt, candidate: EXPERIMENT_ITSELF, skipped: reasons });
    }
    periods = own.orMore(shorter);
  }
  const all = new Periods();
  for (const period of periods.all()) all.add({ ...period, epoch: 0 });
  return { name, span, step: SPANS[span].step, points: all.inTime().map(makePoint) };
}

function makePoint(periods: readonly Period[]): Point {
  return {
    at: new Date(periods[0]?.startsAt ?? 0),
    skipped: periods.find(({ candidate }) => candidate === EXPERIMENT_ITSELF)?.skipped ?? {},
    candidates: periods
      .filter(({ candidate }) => candidate !== EXPERIMENT_ITSELF)
      .sort((one, other) => (one.candidate < other.candidate ? -1 : 1))
      .map(candidatePoint),
  };
}

function candidatePoint({ candidate, counts }: Period): CandidatePoint {
  const { runs, differing } = countRuns({ counts });
  return { name: candidate, counts, mismatchRate: intervalOf(differing, runs) };
}

/** Counts by time, epoch and candidate. */
class Periods {
  private readonly byTime = new Map<number, Map<string, Period>>();

  add(period: Period): void {
    const known = this.find(period) ?? { ...period, ...NOTHING };
    this.put({
      ...period,
      runs: known.runs + period.runs,
      counts: sumOutcomes(known.counts, period.counts),
      skipped: sumByReason(known.skipped, period.skipped),
    });
  }

  all(): Period[] {
    return [...this.byTime.values()].flatMap((periods) => [...periods.values()]);
  }

  /** Returns the periods grouped by start, the oldest first. */
  inTime(): Period[][] {
    return [...this.byTime].sort(([one], [other]) => one - other).map(([, periods]) => [...periods.values()]);
  }

  /** Replaces each period that has counted less than its counterpart in the other ones. */
  orMore(others: Periods): this {
    for (const period of others.all()) {
      const own = this.find(period);
      if (own === undefined || countAll(own) < countAll(period)) this.put(period);
    }
    return this;
  }

  private find(period: Period): Period | undefined {
    return this.byTime.get(period.startsAt)?.get(periodKey(period));
  }

  private put(period: Period): void {
    const periods = this.byTime.get(period.startsAt) ?? new Map<string, Period>();
    periods.set(periodKey(period), period);
    this.byTime.set(period.startsAt, periods);
  }
}

function periodKey({ epoch, candidate }: Period): string {
  return `${epoch} ${candidate}`;
}

function sumByReason(one: Period['skipped'], other: Period['skipped']): Period['skipped'] {
  const sum = new Map(Object.entries(one));
  for (const [reason, count] of Object.entries(other)) sum.set(reason, (sum.get(reason) ?? 0) + count);
  return Object.fromEntries(sum);
}
