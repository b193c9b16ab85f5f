import { jitter } from '../../base/jitter.js';
import { countAll } from '../tallies/outcomes.js';
import { setImmediate } from 'node:timers/promises';
import type { Statements } from '../../database/statements.js';
import { identifyResults, type EpochRow } from '../epoch.js';
import type { ExperimentEpoch } from '../recorded.js';
import { purgeAll, type PurgeableStorage } from '../storage/purge.js';
import type { RecordStorage } from '../storage/record.storage.js';
import { Tally } from '../tallies/tally.js';
import { DAY, forgottenBefore, HOUR, ROLL_UPS, rolledUpBefore, periodStart } from '../tallies/period-tier.js';
import type { TallyWriter } from '../storage/writer.storage.js';
import { ALL_WRITERS, type TallyRow, type TallySeries } from '../tallies/tally-row.js';

/** Number of rows added up per turn of the event loop. */
const AT_ONCE = 20;

/** Number of epochs that are kept of each experiment. */
const EPOCHS = 20;

/** Time, in ms, after the last report of an epoch, before which it is not removed: its code may be running. */
const UNUSED = HOUR;

/** Average time between two runs, in ms. */
const INTERVAL = 300_000;

/**
 * Time, in ms, for which a silent writer stays with its owner: `seen` if it could have written all the while, `unseen` if that
 * is unknown. Only this process's own clock decides.
 */
const LEASE = { seen: 600_000, unseen: DAY } as const;

/**
 * Keeps the recorded data small. It frees writers whose process is gone, combines old minutes into hours and old hours into
 * days, and removes rows that belong to nothing any more. The process with the first writer does this; the others do so only
 * when it is long overdue. Doing any of it twice is harmless.
 */
export class Retention {
  private readonly seen = new Map<number, TallyWriter & { readonly since: number }>();
  private looked: number;
  /** Start of the current unbroken run of successful checks. */
  private watching: number | undefined;
  private wait = jitter(INTERVAL);

  /** @param clock a monotonic clock, in ms */
  constructor(
    private readonly storage: RecordStorage,
    private readonly statements: Statements,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.looked = clock();
  }

  /** True if it is time to tidy up. */
  get isDue(): boolean {
    return this.clock() - this.looked >= this.wait;
  }

  /**
   * Tidies up, if it is this process's turn.
   *
   * @param writer writer of this process, if it has one
   * @param now ms since the epoch
   */
  async tidy(writer: number | undefined, now: number): Promise<void> {
    const owned = await this.owned();
    if (owned[0]?.id !== writer && !(await this.isOverdue(now))) return;
    for (const rollUp of ROLL_UPS) await this.rollUp(rollUp, now);
    for (const series of await this.statements.run(() => this.storage.tallies.seriesBefore('day', forgottenBefore(now)))) {
      await this.statements.run(() => this.storage.tallies.forget(series, 0, forgottenBefore(now)));
    }
    await this.removeEpochs(await this.statements.run(() => this.storage.epochs.orphans()));
    for (const id of await this.statements.run(() => this.storage.epochs.crowded(EPOCHS))) {
      const epochs = await this.statements.run(() => this.storage.epochs.of([id]));
      await this.removeEpochs(chooseSurplus(epochs, now).map(identifyResults));
    }
    for (const kept of [this.storage.tallies, this.storage.results]) {
      for (const of of await this.statements.run(() => kept.orphans())) await this.purge(kept, of);
    }
  }

  /** Removes epochs, and then their results. What an interruption leaves is found later, as rows without an epoch. */
  private async removeEpochs(epochs: readonly ExperimentEpoch[]): Promise<void> {
    if (epochs.length === 0) return;
    await this.statements.run(() => this.storage.epochs.remove(epochs.map(({ epoch }) => epoch)));
    for (const kept of [this.storage.tallies, this.storage.results]) {
      for (const of of epochs) await this.purge(kept, of);
    }
  }

  private purge(kept: PurgeableStorage, of: ExperimentEpoch): Promise<void> {
    return purgeAll(() => this.statements.run(() => kept.forgetSome(of)));
  }

  /** Returns the writers in use. Frees those that have not written for the length of a lease. */
  private async owned(): Promise<readonly TallyWriter[]> {
    const now = this.clock();
    if (now - this.looked > 2 * INTERVAL) this.watching = undefined;
    this.looked = now;
    this.wait = jitter(INTERVAL);
    let owned: readonly TallyWriter[];
    try {
      owned = await this.statements.run(() => this.storage.writers.owned());
    } catch (error) {
      this.watching = undefined;
      throw error;
    }
    this.watching ??= now;
    for (const writer of owned) {
      const known = this.seen.get(writer.id);
      if (known?.owner !== writer.owner || known.beat !== writer.beat) this.seen.set(writer.id, { ...writer, since: now });
      else if (this.isGone(known.since, now))
        await this.statements.run(() => this.storage.writers.release(writer.id, writer.owner, writer.beat));
    }
    return owned;
  }

  /**
   * Decides whether a silent owner is gone. Silence says little for times in which nobody could write, or this process did not
   * check.
   */
  private isGone(silentSince: number, now: number): boolean {
    const seenFor = now - Math.max(silentSince, this.watching ?? now);
    return seenFor >= LEASE.seen || now - silentSince >= LEASE.unseen;
  }

  private async isOverdue(now: number): Promise<boolean> {
    const [first] = ROLL_UPS;
    return (
      (await this.statements.run(() => this.storage.tallies.seriesBefore(first.from, rolledUpBefore(first, now - HOUR)))).length >
      0
    );
  }

  private async rollUp(rollUp: (typeof ROLL_UPS)[number], now: number): Promise<void> {
    const before = rolledUpBefore(rollUp, now);
    for (const series of await this.statements.run(() => this.storage.tallies.seriesBefore(rollUp.from, before))) {
      await this.rollUpSeries(series, rollUp.to, before);
    }
  }

  /** Adds up the periods that begin before a time, and then removes them. In this order, an interruption loses nothing. */
  private async rollUpSeries(series: TallySeries, to: 'hour' | 'day', before: number): Promise<void> {
    const { tallies } = this.storage;
    const rows = await this.statements.run(() => tallies.periods(series, 0, before));
    const sums = new Map<number, Tally>();
    for (const [index, { startsAt, content }] of rows.entries()) {
      if (index % AT_ONCE === 0) await setImmediate();
      const start = periodStart(to, startsAt);
      const sum = sums.get(start) ?? new Tally();
      sum.addContent(content);
      sums.set(start, sum);
    }
    for (const [startsAt, sum] of sums) {
      const row = { ...series, tier: to, startsAt, writer: ALL_WRITERS, content: sum.toContent() };
      if (await this.isWhole(row)) await this.statements.run(() => tallies.write([row]));
    }
    await this.statements.run(() => tallies.forget(series, 0, before));
  }

  /**
   * Decides whether a sum counts at least as much as the stored row. Late rows for a period that was already rolled up must not
   * replace it.
   */
  private async isWhole(row: TallyRow): Promise<boolean> {
    const [there] = await this.statements.run(() => this.storage.tallies.periods(row, row.startsAt, row.startsAt + 1));
    return there === undefined || countAll(there.content) <= countAll(row.content);
  }
}

/** Chooses the epochs to be removed: all but those that were reported last, and those that may be running. */
function chooseSurplus(epochs: readonly EpochRow[], now: number): EpochRow[] {
  const newest = epochs.toSorted((one, other) => other.seenAt.getTime() - one.seenAt.getTime() || other.number - one.number);
  return newest.slice(EPOCHS).filter(({ seenAt }) => now - seenAt.getTime() > UNUSED);
}
