import { inTime } from '../storage/in-time.js';
import type { RecordStorage } from './record.storage.js';
import { Tally } from './tally.js';
import { ALL_WRITERS, type Series, type TallyRow } from './tally.storage.js';
import { forgottenBefore, ROLL_UPS, rolledUpBefore, startOfPeriod } from './tier.js';
import type { Writer } from './writer.storage.js';

/** How often it is tidied up, on average, in ms. */
const INTERVAL = 300_000;

/** How long a writer that writes nothing is left to its owner, in ms. Nobody's clock but this process's own decides. */
const LEASE = 600_000;

/**
 * Keeps what is recorded small: frees writers whose process is gone, makes hours of minutes and days of hours that are too old, and
 * removes what belongs to nothing any more. Of all processes, the one with the first writer does so.
 */
export class Tidier {
  private readonly seen = new Map<number, Writer & { readonly since: number }>();
  private looked: number;
  private wait = jittered(INTERVAL);

  /** @param clock a monotonic clock, in ms */
  constructor(
    private readonly storage: RecordStorage,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.looked = clock();
  }

  /** Whether it is time to tidy up. */
  get isDue(): boolean {
    return this.clock() - this.looked >= this.wait;
  }

  /**
   * Tidies up, as far as it is this process's turn.
   *
   * @param writer the one that this process has
   * @param now ms since the epoch
   */
  async tidy(writer: number | undefined, now: number): Promise<void> {
    const owned = await this.owned();
    if (owned[0]?.id !== writer) return;
    for (const rollUp of ROLL_UPS) await this.rollUp(rollUp, now);
    for (const series of await inTime(this.storage.tallies.seriesBefore('day', forgottenBefore(now)))) {
      await inTime(this.storage.tallies.forget(series, 0, forgottenBefore(now)));
    }
    await inTime(this.storage.tallies.forgetOrphans());
    await inTime(this.storage.samples.forgetOrphans());
  }

  /** The writers that somebody has. One that has not written for the length of a lease, all of which was seen, is freed. */
  private async owned(): Promise<readonly Writer[]> {
    const now = this.clock();
    // What happened while nobody looked is not known, and while nobody could write, silence says nothing.
    if (now - this.looked > 2 * INTERVAL) this.seen.clear();
    this.looked = now;
    this.wait = jittered(INTERVAL);
    let owned: readonly Writer[];
    try {
      owned = await inTime(this.storage.writers.owned());
    } catch (error) {
      this.seen.clear();
      throw error;
    }
    for (const writer of owned) {
      const known = this.seen.get(writer.id);
      if (known?.owner !== writer.owner || known.beat !== writer.beat) this.seen.set(writer.id, { ...writer, since: now });
      else if (now - known.since >= LEASE) await inTime(this.storage.writers.release(writer.id, writer.owner, writer.beat));
    }
    return owned;
  }

  private async rollUp(rollUp: (typeof ROLL_UPS)[number], now: number): Promise<void> {
    const before = rolledUpBefore(rollUp, now);
    for (const series of await inTime(this.storage.tallies.seriesBefore(rollUp.from, before))) {
      await this.rollUpSeries(series, rollUp.to, before);
    }
  }

  /** Adds up the periods that begin before a time, and then forgets them: in this order, nothing is lost when it is interrupted. */
  private async rollUpSeries(series: Series, to: 'hour' | 'day', before: number): Promise<void> {
    const { tallies } = this.storage;
    const rows = await inTime(tallies.periods(series, 0, before));
    const sums = new Map<number, Tally>();
    for (const { startsAt, content } of rows) {
      const start = startOfPeriod(to, startsAt);
      const sum = sums.get(start) ?? new Tally();
      sum.merge(new Tally(content));
      sums.set(start, sum);
    }
    for (const [startsAt, sum] of sums) {
      const row = { ...series, tier: to, startsAt, writer: ALL_WRITERS, content: sum.toContent() };
      if (await this.isWhole(row)) await inTime(tallies.write([row]));
    }
    await inTime(tallies.forget(series, 0, before));
  }

  /** Whether a sum is at least what is there: what came late, for a period that was made before, must not take its place. */
  private async isWhole(row: TallyRow): Promise<boolean> {
    const [there] = await inTime(this.storage.tallies.periods(row, row.startsAt, row.startsAt + 1));
    return there === undefined || there.content.runs <= row.content.runs;
  }
}

/** Processes that were started together don't tidy up together. */
function jittered(interval: number): number {
  return interval * (0.9 + Math.random() * 0.2);
}
