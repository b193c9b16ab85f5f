import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryRecordStorage } from '../../lib/recording/storage/memory/memory-record.storage.js';
import { EXPERIMENT_ITSELF, type TallyRow } from '../../lib/recording/tallies/tally-row.js';
import { DAY, HOUR, MINUTE, periodStart } from '../../lib/recording/tallies/period-tier.js';
import { chance } from '../support/chance.js';
import { RecordingProcess, rowsOf, runsIn, type Operation } from '../support/recording.js';

const BEGIN = Date.UTC(2026, 10, 24, 12);
const EXPERIMENT = { experimentId: 1, epoch: 1 };
const PERIODS = ['minute', 'hour', 'day'] as const;

/** How many rows a candidate has at the most, with so many writers: of hours and days those that have begun count too. */
const BOUND = { minute: 180, hour: 91 * 24, day: 731 } as const;

/** So many more minutes there may be until it is tidied up, by others if the process whose turn it is has gone. */
const OVERDUE = 66;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: BEGIN });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('what is recorded in three years', () => {
  /** Processes that run an experiment, tidy up, are stopped, and are killed. */
  class Years {
    readonly storage = new MemoryRecordStorage();
    /** How often it ran on each day. */
    readonly days = new Map<number, number>();
    runs = 0;
    private isFaulty = true;
    private readonly random = chance(20_261_124);
    private readonly processes = Array.from({ length: 3 }, () => this.begun());

    /** Lets some time go by in steps, at each of which every process runs the experiment, and some come and go. */
    async pass(ms: number, step: number): Promise<void> {
      for (let passed = 0; passed < ms; passed += step) {
        vi.setSystemTime(Date.now() + step);
        for (const [index, process] of this.processes.entries()) {
          process.run();
          const day = periodStart('day', Date.now());
          this.days.set(day, (this.days.get(day) ?? 0) + 1);
          this.runs += 1;
          await process.recorder.flush();
          if (this.random() > 0.95) {
            if (this.random() > 0.5) await process.recorder.stop();
            this.processes[index] = this.begun();
          }
        }
      }
      for (const process of this.processes) await process.recorder.flush();
    }

    /** Lets all that is due be tidied up, as if all that are gone had been silent for long enough. */
    async tidied(): Promise<void> {
      this.isFaulty = false;
      const living = this.processes.map(({ place }) => place.current);
      for (const { id, owner } of this.storage.writers.owned()) {
        if (!living.includes(id)) this.storage.writers.release(id, owner);
      }
      for (const { tidier, place } of this.processes) await tidier.tidy(place.current, Date.now());
    }

    private begun(): RecordingProcess {
      const { storage } = this;
      // What it asks for while it tidies up fails now and then, before it is done or after.
      const process = new RecordingProcess({ storage, settings: { flushInterval: 3_600_000 }, clock: () => Date.now() - BEGIN });
      const tidying: Operation[] = ['seriesBefore', 'periods', 'forget', 'owned', 'release'];
      process.storage.fault = (operation, [rows]) => {
        const isTidying = tidying.includes(operation) || (operation === 'write' && (rows as TallyRow[])[0]?.writer === 0); // what it takes
        if (!this.isFaulty || !isTidying || this.random() < 0.98) return undefined;
        return this.random() < 0.5 ? 'before' : 'after';
      };
      return process;
    }
  }

  it('is in a bounded number of rows, and adds up, whoever comes and goes', { timeout: 120_000 }, async () => {
    const years = new Years();
    await years.pass(3 * 365 * DAY - 100 * DAY, DAY / 2);
    await years.pass(100 * DAY - 5 * HOUR, HOUR);
    await years.pass(5 * HOUR, MINUTE);
    const { storage } = years;
    const before = rowsOf(storage, 'minute').length;
    await years.tidied();

    const totals = storage.tallies.totals([EXPERIMENT]).filter(({ candidate }) => candidate === 'v2');
    expect(runsIn(totals)).toBe(years.runs);

    const writers = totals.length;
    // Three processes at once, and those that were killed within the time of a lease.
    expect(writers).toBeLessThan(20);
    expect(before).toBeLessThanOrEqual((BOUND.minute + OVERDUE) * writers);
    for (const candidate of ['v2', EXPERIMENT_ITSELF]) {
      const [minutes = [], hours = [], days = []] = PERIODS.map((tier) => rowsOf(storage, tier, candidate));
      expect(minutes.length).toBeLessThanOrEqual(BOUND.minute * writers);
      expect(new Set(minutes.map(({ startsAt }) => startsAt)).size).toBeLessThanOrEqual(BOUND.minute);
      expect(minutes.length).toBeGreaterThan(300);
      expect(hours.length).toBeLessThanOrEqual(BOUND.hour);
      expect(hours.length).toBeGreaterThan(90 * 24 - 4);
      expect(days.length).toBeLessThanOrEqual(BOUND.day);
      expect(days.length).toBeGreaterThan(635);
      const found = new Map<number, number>();
      for (const { startsAt, content } of [...minutes, ...hours, ...days]) {
        const day = periodStart('day', startsAt);
        found.set(day, (found.get(day) ?? 0) + content.runs);
      }
      const oldest = periodStart('day', Date.now() - 730 * DAY);
      expect(found).toEqual(new Map([...years.days].filter(([day]) => day >= oldest)));
    }
  });
});
