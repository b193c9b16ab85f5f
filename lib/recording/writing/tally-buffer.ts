import { Tally } from '../tallies/tally.js';
import { HOUR, periodStart } from '../tallies/tier.js';
import type { Place } from './writer-lease.js';
import type { ExperimentEpoch } from '../recorded.js';
import type { TallyRow } from '../tallies/tally-row.js';

/** Up to which age a minute that could not be written is still written as what it was; later, with the minute that it is then. */
const LATE = HOUR;

/** How long nothing may happen until what is written is forgotten, in ms. */
const REST = 60_000;

interface Period {
  readonly tier: 'minute' | 'total';
  readonly startsAt: number;
  readonly candidate: string;
  readonly tally: Tally;
  /** What of it was never confirmed to be written. */
  growth: Tally | undefined;
  isWritten: boolean;
}

/**
 * What one process counts of an experiment: a row for the minute and one for the total, which it writes again as a whole whenever
 * they have grown. So a writing that is done twice counts nothing twice.
 */
export class TallyBuffer {
  private place: Place | undefined;
  private isLoaded = false;
  private lastSettled = 0;
  /** What was counted lately, and is in no period yet. */
  private recent = new Map<string, Tally>();
  private readonly periods = new Map<string, Period>();
  /** Minutes never go back, whatever the clock does, so that what was written is not begun again. */
  private minute = 0;

  /** @param of whose results these are */
  constructor(private readonly of: ExperimentEpoch) {}

  /** What is counted of a candidate, or of the experiment itself. */
  tallyOf(candidate: string): Tally {
    return tallyIn(this.recent, candidate);
  }

  /** Whether there is something to be written. */
  get isDue(): boolean {
    return this.recent.size > 0 || [...this.periods.values()].some(({ isWritten }) => !isWritten);
  }

  /** Says where it is written. At another place than before, what is there is not known, and what was not confirmed begins anew. */
  writeAt(place: Place): void {
    if (this.place === place) return;
    this.place = place;
    for (const { tier, candidate, growth } of this.periods.values()) {
      if (tier === 'total' && growth !== undefined) this.tallyOf(candidate).merge(growth);
    }
    this.letGo();
  }

  /** Whether it has to know first what its writer has written before. */
  get needsLoading(): boolean {
    return !this.isLoaded;
  }

  /** Learns what its writer has written before, of this minute or later and in all. */
  load(rows: readonly TallyRow[]): void {
    for (const { experimentId, epoch, tier, startsAt, candidate, content } of rows) {
      if (experimentId !== this.of.experimentId || epoch !== this.of.epoch || (tier !== 'minute' && tier !== 'total')) continue;
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

  /** Adds what was counted lately to the minute that it is, and to the total. */
  settle(now: number): void {
    this.minute = Math.max(this.minute, periodStart('minute', now));
    if (this.recent.size > 0) this.lastSettled = now;
    for (const [candidate, tally] of this.recent) {
      this.add('total', 0, candidate, tally);
      this.add('minute', this.minute, candidate, tally);
    }
    this.recent = new Map();
    for (const [key, { tier, startsAt, candidate, growth }] of this.periods) {
      if (tier === 'total' || startsAt >= this.minute - LATE) continue;
      if (growth !== undefined) this.add('minute', this.minute, candidate, growth);
      this.periods.delete(key);
    }
  }

  /** What is to be written. */
  unwritten(): TallyRow[] {
    const { of, place } = this;
    if (place === undefined) return [];
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

  /** Notes that all of it is written, and forgets what does not grow any more. */
  confirm(): void {
    for (const [key, period] of this.periods) {
      period.growth = undefined;
      period.isWritten = true;
      if (period.tier === 'minute' && period.startsAt < this.minute) this.periods.delete(key);
    }
  }

  /** Lets go of what is written, if nothing was counted for a while. */
  rest(now: number): void {
    if (!this.isDue && now - this.lastSettled > REST) this.letGo();
  }

  private letGo(): void {
    this.periods.clear();
    this.isLoaded = false;
  }

  private add(tier: Period['tier'], startsAt: number, candidate: string, tally: Tally): void {
    const key = tallyKey(tier, startsAt, candidate);
    const known = this.periods.get(key);
    const period: Period = known ?? { tier, startsAt, candidate, tally: new Tally(), growth: undefined, isWritten: false };
    period.growth ??= new Tally();
    for (const part of [period.tally, period.growth]) part.merge(tally, tier === 'total');
    period.isWritten = false;
    this.periods.set(key, period);
  }
}

function tallyKey(tier: string, startsAt: number, candidate: string): string {
  return JSON.stringify([tier, startsAt, candidate]);
}

function tallyIn(tallies: Map<string, Tally>, candidate: string): Tally {
  const known = tallies.get(candidate);
  if (known !== undefined) return known;
  const tally = new Tally();
  tallies.set(candidate, tally);
  return tally;
}
