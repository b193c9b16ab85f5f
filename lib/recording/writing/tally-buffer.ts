import { Tally } from '../tallies/tally.js';
import { HOUR, periodStart } from '../tallies/period-tier.js';
import type { Place } from './writer-lease.js';
import type { ExperimentEpoch } from '../recorded.js';
import type { TallyRow } from '../tallies/tally-row.js';

/**
 * Age, in ms, up to which an unwritten minute is still written as that minute. Older counts are added to the current minute.
 */
const LATE = HOUR;

/** Idle time, in ms, after which written counts are dropped from memory. */
const REST = 60_000;

interface Period {
  readonly tier: 'minute' | 'total';
  readonly startsAt: number;
  readonly candidate: string;
  readonly tally: Tally;
  /** Part of the tally whose write was never confirmed. */
  growth: Tally | undefined;
  isWritten: boolean;
}

/**
 * Counts of one process for an experiment: a row for the minute and one for the total. Rows that have grown are written again
 * as a whole, so a repeated write counts nothing twice.
 */
export class TallyBuffer {
  private place: Place | undefined;
  private of: ExperimentEpoch | undefined;
  private isLoaded = false;
  private lastSettled = 0;
  /** Recent counts that are in no period yet. */
  private recent = new Map<string, Tally>();
  private readonly periods = new Map<string, Period>();
  /** Current minute. It never goes back, even if the clock does, so that written rows are not started anew. */
  private minute = 0;

  /** Returns the tally of a candidate, or of the experiment itself. */
  tallyOf(candidate: string): Tally {
    const known = this.recent.get(candidate);
    if (known !== undefined) return known;
    const tally = new Tally();
    const total = this.periods.get(tallyKey('total', 0, candidate));
    if (total !== undefined) tally.evidence.follow(total.tally.evidence);
    this.recent.set(candidate, tally);
    return tally;
  }

  /** True if there is something to write. */
  get isDue(): boolean {
    return this.recent.size > 0 || [...this.periods.values()].some(({ isWritten }) => !isWritten);
  }

  /**
   * Sets the place to write at, and the epoch that the counts belong to. At a new place, the existing rows are unknown, and unconfirmed
   * counts are added again.
   */
  writeAt(place: Place, of: ExperimentEpoch): void {
    if (this.place === place && this.of?.epoch === of.epoch) return;
    this.place = place;
    this.of = of;
    for (const { tier, candidate, growth } of this.periods.values()) {
      if (tier === 'total' && growth !== undefined) this.tallyOf(candidate).append(growth);
    }
    this.dropPeriods();
  }

  /** True if the existing rows of its writer must be loaded first. */
  get needsLoading(): boolean {
    return !this.isLoaded;
  }

  /** Takes over the existing rows of its writer: the total, and minutes from the current one on. */
  load(rows: readonly TallyRow[]): void {
    for (const { experimentId, epoch, tier, startsAt, candidate, content } of rows) {
      if (experimentId !== this.of?.experimentId || epoch !== this.of.epoch || (tier !== 'minute' && tier !== 'total')) continue;
      this.minute = Math.max(this.minute, startsAt);
      this.periods.set(tallyKey(tier, startsAt, candidate), {
        tier,
        startsAt,
        candidate,
        tally: new Tally(content),
        growth: undefined,
        isWritten: true,
      });
    }
    this.isLoaded = true;
  }

  /** Adds recent counts to the current minute and to the total. */
  settle(now: number): void {
    this.minute = Math.max(this.minute, periodStart('minute', now));
    if (this.recent.size > 0) this.lastSettled = now;
    for (const [candidate, tally] of this.recent) {
      this.add('total', 0, candidate, tally);
      if (!tally.isEvidenceAlone) this.add('minute', this.minute, candidate, tally);
    }
    this.recent = new Map();
    for (const [key, { tier, startsAt, candidate, growth }] of this.periods) {
      if (tier === 'total' || startsAt >= this.minute - LATE) continue;
      if (growth !== undefined) this.add('minute', this.minute, candidate, growth);
      this.periods.delete(key);
    }
  }

  /** Returns the rows to write. */
  unwritten(): TallyRow[] {
    const { of, place } = this;
    if (place === undefined || of === undefined) return [];
    return [...this.periods.values()]
      .filter(({ isWritten }) => !isWritten)
      .map(({ tier, startsAt, candidate, tally }) => ({
        ...of,
        tier,
        startsAt,
        candidate,
        writer: place.writer,
        content: tally.toContent(),
      }));
  }

  /** Marks all rows as written, and drops those that won't grow any more. */
  confirm(): void {
    for (const [key, period] of this.periods) {
      period.growth = undefined;
      period.isWritten = true;
      if (period.tier === 'minute' && period.startsAt < this.minute) this.periods.delete(key);
    }
  }

  /** Drops written counts from memory, if nothing was counted for a while. */
  rest(now: number): void {
    if (!this.isDue && now - this.lastSettled > REST) this.dropPeriods();
  }

  private dropPeriods(): void {
    this.periods.clear();
    this.isLoaded = false;
  }

  private add(tier: Period['tier'], startsAt: number, candidate: string, tally: Tally): void {
    const key = tallyKey(tier, startsAt, candidate);
    const known = this.periods.get(key);
    const period: Period = known ?? { tier, startsAt, candidate, tally: new Tally(), growth: undefined, isWritten: false };
    period.growth ??= new Tally();
    for (const part of [period.tally, period.growth]) part.append(tally, tier === 'total');
    period.isWritten = false;
    this.periods.set(key, period);
  }
}

function tallyKey(tier: string, startsAt: number, candidate: string): string {
  return JSON.stringify([tier, startsAt, candidate]);
}
