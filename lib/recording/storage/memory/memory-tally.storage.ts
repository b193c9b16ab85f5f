import type { RunCounts } from '../../../experiment/guardrails/guardrail-watch.js';
import { isForgettable, isOf, NO_ORPHANS } from './memory-rows.js';
import { countRuns, sumOutcomes, type OutcomeCounts } from '../../tallies/outcomes.js';
import { Skips } from '../../tallies/skips.js';
import { TallyStorage } from '../tally.storage.js';
import type { TallyTier } from '../../tallies/period-tier.js';
import {
  EXPERIMENT_ITSELF,
  type TallyRow,
  type TallySeries,
  type TallyPart,
  type PeriodCounts,
  type PeriodSelection,
  type PeriodRuns,
  type PeriodSkips,
  type OtherWritersQuery,
  type OtherWritersCounts,
} from '../../tallies/tally-row.js';
import type { ExperimentEpoch } from '../../recorded.js';

/** Measurements of a row when no part is requested. */
const UNMEASURED = { control: null, candidate: null, delta: null, speedup: null, differences: null, evidence: null };

const NO_RUNS: RunCounts = { runs: 0, failed: 0, mismatched: 0 };

const NOTHING: OutcomeCounts = { matched: 0, mismatched: 0, ignored: 0, errored: 0, timedOut: 0 };

/** Keeps tallies in memory. */
export class MemoryTallyStorage extends TallyStorage {
  private readonly rows = new Map<string, TallyRow>();

  write(rows: readonly TallyRow[]): void {
    for (const row of rows) {
      const { experimentId, epoch, tier, startsAt, candidate, writer } = row;
      this.rows.set(JSON.stringify([experimentId, epoch, tier, startsAt, candidate, writer]), row);
    }
  }

  totals(of: readonly ExperimentEpoch[], parts: readonly TallyPart[] = Object.keys(UNMEASURED) as TallyPart[]): TallyRow[] {
    const rows = this.all().filter((row) => row.tier === 'total' && of.some((one) => isOf(row, one)));
    return rows.map(({ content, ...row }) => {
      const measured = Object.fromEntries(parts.map((part) => [part, content[part]]));
      return { ...row, content: { ...content, ...UNMEASURED, ...measured } };
    });
  }

  counted(
    of: readonly ExperimentEpoch[],
    tier: TallyTier,
    { from, before = Infinity, length = 1 }: PeriodSelection,
  ): PeriodCounts[] {
    const periods = new Map<string, PeriodCounts>();
    for (const { startsAt: at, content, ...row } of this.all()) {
      if (row.tier !== tier || at < from || at >= before || !of.some((one) => isOf(row, one))) continue;
      const { experimentId, epoch, candidate } = row;
      const startsAt = at - (at % length);
      const key = JSON.stringify([experimentId, epoch, startsAt, candidate]);
      const { runs, counts, rows } = periods.get(key) ?? { runs: 0, counts: NOTHING, rows: 0 };
      periods.set(key, {
        experimentId,
        epoch,
        startsAt,
        candidate,
        runs: runs + content.runs,
        counts: sumOutcomes(counts, content.counts),
        rows: rows + 1,
      });
    }
    return [...periods.values()];
  }

  ran(of: readonly ExperimentEpoch[], tier: TallyTier, from: number): PeriodRuns[] {
    const candidates = new Map<string, PeriodCounts>();
    for (const period of this.counted(of, tier, { from })) {
      const key = JSON.stringify([period.experimentId, period.startsAt, period.candidate]);
      const { runs, counts } = candidates.get(key) ?? { runs: 0, counts: NOTHING };
      candidates.set(key, { ...period, runs: runs + period.runs, counts: sumOutcomes(counts, period.counts) });
    }
    const periods = new Map<string, PeriodRuns>();
    for (const { experimentId, startsAt, candidate, runs: own, counts } of candidates.values()) {
      const key = `${experimentId} ${startsAt}`;
      const { runs, differing } = periods.get(key) ?? { runs: 0, differing: 0 };
      const isItself = candidate === EXPERIMENT_ITSELF;
      periods.set(key, {
        experimentId,
        startsAt,
        runs: isItself ? own : runs,
        differing: isItself ? differing : Math.max(differing, countRuns({ counts }).differing),
      });
    }
    return [...periods.values()];
  }

  skipped(of: readonly ExperimentEpoch[], tier: TallyTier, { from, before = Infinity, length }: PeriodSelection): PeriodSkips[] {
    const skips = new Skips(length);
    for (const { content, startsAt, ...row } of this.all()) {
      const isMeant = of.some((one) => isOf(row, one)) && row.tier === tier && startsAt >= from && startsAt < before;
      if (isMeant && content.skipped !== null) skips.add(row, startsAt, content.skipped);
    }
    return skips.all();
  }

  others(asked: readonly OtherWritersQuery[], writer: number): OtherWritersCounts[] {
    const minutes = new Map<string, OtherWritersCounts>();
    for (const { content, ...row } of this.all()) {
      const by = asked.find((one) => isOf(row, one) && row.startsAt >= one.from);
      if (by === undefined || row.tier !== 'minute' || row.writer === writer || row.candidate === EXPERIMENT_ITSELF) continue;
      const { experimentId, epoch, startsAt, candidate } = row;
      const key = JSON.stringify([experimentId, epoch, startsAt, candidate]);
      const known = minutes.get(key) ?? { experimentId, epoch, startsAt, candidate, all: NO_RUNS, fresh: NO_RUNS };
      const isFresh = (content.firstAt ?? 0) >= by.since;
      minutes.set(key, {
        ...known,
        all: withCounts(known.all, content.counts),
        fresh: isFresh ? withCounts(known.fresh, content.counts) : known.fresh,
      });
    }
    return [...minutes.values()];
  }

  ofWriter(writer: number, of: readonly ExperimentEpoch[], minute: number): TallyRow[] {
    return this.all().filter(
      (row) =>
        row.writer === writer &&
        of.some((one) => isOf(row, one)) &&
        (row.tier === 'total' || (row.tier === 'minute' && row.startsAt >= minute)),
    );
  }

  seriesBefore(tier: TallyTier, time: number): TallySeries[] {
    const found = this.all().filter((row) => row.tier === tier && row.startsAt < time);
    const series = found.map(({ experimentId, epoch, candidate }) => JSON.stringify({ experimentId, epoch, tier, candidate }));
    return [...new Set(series)].map((json) => JSON.parse(json) as TallySeries); // inverse of the line above
  }

  periods(of: TallySeries, from: number, before: number): TallyRow[] {
    return this.all().filter((row) => isIn(row, of, from, before));
  }

  forget(of: TallySeries, from: number, before: number): void {
    this.remove((row) => isIn(row, of, from, before));
  }

  forgettable(experimentId: number, kept: readonly number[]): number {
    return this.all().filter((row) => isForgettable(row, experimentId, kept)).length;
  }

  forgetSome(of: ExperimentEpoch): boolean {
    const count = this.rows.size;
    this.remove((row) => isOf(row, of));
    return this.rows.size < count;
  }

  orphans(): ExperimentEpoch[] {
    return NO_ORPHANS;
  }

  private all(): TallyRow[] {
    return [...this.rows.values()];
  }

  private remove(isGone: (row: TallyRow) => boolean): void {
    for (const [key, row] of this.rows) if (isGone(row)) this.rows.delete(key);
  }
}

function withCounts({ runs, failed, mismatched }: RunCounts, counts: OutcomeCounts): RunCounts {
  return {
    runs: runs + countRuns({ counts }).runs,
    failed: failed + counts.errored + counts.timedOut,
    mismatched: mismatched + counts.mismatched,
  };
}

function isIn(row: TallyRow, of: TallySeries, from: number, before: number): boolean {
  return isOf(row, of) && row.tier === of.tier && row.candidate === of.candidate && row.startsAt >= from && row.startsAt < before;
}
