import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryRecordStorage } from '../../lib/recording/storage/memory/memory-record.storage.js';
import { Tally } from '../../lib/recording/tallies/tally.js';
import { Statements } from '../../lib/database/statements.js';
import { Retention } from '../../lib/recording/writing/retention.js';
import { DAY, HOUR, MINUTE, periodStart, type TallyTier } from '../../lib/recording/tallies/period-tier.js';
import { FaultyStorage, rowsOf, runsIn } from '../support/recording.js';
import { EXPERIMENT_ITSELF, type TallyRow } from '../../lib/recording/tallies/tally-row.js';

const BEGIN = Date.UTC(2026, 10, 24, 12);
const EXPERIMENT = { experimentId: 1, epoch: 1 };
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: BEGIN });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('tidying up', () => {
  const counted = (startsAt: number, writer: number, count: number, tier: TallyTier = 'minute'): TallyRow => {
    const tally = new Tally();
    for (let run = 0; run < count; run += 1) tally.ran(startsAt);
    tally.skip('runIf', count);
    return { ...EXPERIMENT, tier, startsAt, candidate: 'v2', writer, content: tally.toContent() };
  };
  const HOUR_AGO_3 = periodStart('hour', BEGIN) - 3 * HOUR;

  /** A storage with one writer, that is the tidier's. */
  function kept(...rows: TallyRow[]) {
    const storage = new MemoryRecordStorage();
    storage.writers.claim('a');
    storage.tallies.write(rows);
    return storage;
  }

  const tidied = (storage: ConstructorParameters<typeof Retention>[0], writer = 1) =>
    new Retention(storage, new Statements(), () => 0).tidy(writer, BEGIN);

  it('makes hours of minutes that are more than two hours old, of all writers together, with all that was counted', async () => {
    const young = counted(periodStart('hour', BEGIN) - 2 * HOUR, 1, 1);
    const storage = kept(counted(HOUR_AGO_3, 1, 1), counted(HOUR_AGO_3, 2, 2), counted(HOUR_AGO_3 + 59 * MINUTE, 1, 4), young);
    await tidied(storage);
    expect(rowsOf(storage, 'minute')).toEqual([young]);
    const [hour, ...others] = rowsOf(storage, 'hour');
    expect(others).toEqual([]);
    expect(hour).toMatchObject({ startsAt: HOUR_AGO_3, writer: 0, content: { runs: 7, skipped: { runIf: 7 } } });
    expect(hour?.content).toMatchObject({ firstAt: HOUR_AGO_3, lastAt: HOUR_AGO_3 + 59 * MINUTE });
  });

  it('makes days of hours that are more than 90 days old, and forgets days after two years', async () => {
    const today = periodStart('day', BEGIN);
    const old = today - 90 * DAY - HOUR;
    const storage = kept(
      counted(today - 90 * DAY, 0, 1, 'hour'),
      counted(old, 0, 2, 'hour'),
      counted(old - HOUR, 0, 4, 'hour'),
      counted(today - 730 * DAY, 0, 8, 'day'),
      counted(today - 731 * DAY, 0, 16, 'day'),
    );
    await tidied(storage);
    expect(rowsOf(storage, 'hour').map(({ content }) => content.runs)).toEqual([1]);
    expect(
      rowsOf(storage, 'day')
        .map(({ startsAt, content }) => [startsAt, content.runs])
        .sort(),
    ).toEqual([
      [today - 730 * DAY, 8],
      [periodStart('day', old), 6],
    ]);
  });

  it.each(['seriesBefore', 'periods', 'write', 'forget'] as const)(
    'loses nothing when it is interrupted at any "%s"',
    async (operation) => {
      for (const fault of ['before', 'after'] as const) {
        for (let nth = 1; nth < 8; nth += 1) {
          const old = periodStart('day', BEGIN) - 90 * DAY - HOUR;
          const inner = kept(counted(HOUR_AGO_3, 1, 1), counted(HOUR_AGO_3, 2, 2), counted(old, 0, 4, 'hour'));
          let seen = 0;
          const storage = new FaultyStorage(inner, (asked) => (asked === operation && (seen += 1) === nth ? fault : undefined));
          await tidied(storage).catch(() => undefined);
          await tidied(inner);
          await tidied(inner);
          expect(runsIn(rowsOf(inner, 'minute'))).toBe(0);
          expect(runsIn(rowsOf(inner, 'hour'))).toBe(3);
          expect(runsIn(rowsOf(inner, 'day'))).toBe(4);
        }
      }
    },
  );

  it('does not let what comes too late take the place of what is there, be it runs or skips', async () => {
    const skips = (count: number): TallyRow => {
      const tally = new Tally();
      tally.skip('runIf', count);
      return { ...counted(HOUR_AGO_3, 1, 0), candidate: EXPERIMENT_ITSELF, content: tally.toContent() };
    };
    const storage = kept(counted(HOUR_AGO_3, 1, 5), skips(5));
    await tidied(storage);
    storage.tallies.write([counted(HOUR_AGO_3, 1, 1), skips(1)]);
    await tidied(storage);
    expect(rowsOf(storage, 'hour').map(({ content }) => content.runs)).toEqual([5]);
    expect(rowsOf(storage, 'hour', EXPERIMENT_ITSELF).map(({ content }) => content.skipped)).toEqual([{ runIf: 5 }]);
    expect(rowsOf(storage, 'minute')).toEqual([]);
  });

  it('is done by the process with the first writer, and by the others when it is overdue by an hour', async () => {
    const due = kept(counted(HOUR_AGO_3, 1, 1));
    due.writers.claim('b');
    await tidied(due, 2);
    expect(rowsOf(due, 'hour')).toEqual([]);
    await tidied(due, 1);
    expect(rowsOf(due, 'hour')).toHaveLength(1);

    const overdue = kept(counted(HOUR_AGO_3 - MINUTE, 1, 1));
    overdue.writers.claim('b');
    await tidied(overdue, 2);
    expect(rowsOf(overdue, 'hour')).toHaveLength(1);
  });

  it('changes nothing that is done at the same time by another', async () => {
    const storage = kept(counted(HOUR_AGO_3, 1, 1), counted(HOUR_AGO_3, 2, 2), counted(HOUR_AGO_3 + MINUTE, 2, 4));
    const slow = new FaultyStorage(storage, (operation) => (operation === 'write' ? 'late' : undefined));
    const first = tidied(slow);
    await new Promise(setImmediate);
    await tidied(storage);
    await slow.land();
    await first;
    expect(runsIn(rowsOf(storage, 'hour'))).toBe(7);
    expect(rowsOf(storage, 'minute')).toEqual([]);
  });
});

describe('a writer', () => {
  /** A tidier that looks at another's writer. */
  function watching() {
    let time = 0;
    const inner = new MemoryRecordStorage();
    const storage = new FaultyStorage(inner);
    const tidier = new Retention(storage, new Statements(), () => time);
    const id = inner.writers.claim('other');
    const look = async (after: number) => {
      time += after;
      await tidier.tidy(undefined, BEGIN + time);
      return inner.writers.owned().length === 0 ? 'freed' : 'left';
    };
    return { inner, storage, tidier, id, look };
  }

  it('is freed when its owner has been silent for ten minutes, all of which was seen', async () => {
    const { look } = watching();
    expect(await look(5 * MINUTE)).toBe('left');
    expect(await look(5 * MINUTE)).toBe('left');
    expect(await look(5 * MINUTE - 1)).toBe('left');
    expect(await look(1)).toBe('freed');
  });

  it('is left to an owner that writes, however seldom within that time', async () => {
    const { look, inner, id } = watching();
    for (let time = 0; time < 20; time += 1) {
      expect(await look(5 * MINUTE)).toBe('left');
      if (time % 2 === 0) inner.writers.beat(id, 'other');
    }
  });

  it('is left to an owner that writes at the moment at which it is to be freed', async () => {
    const { look, inner, storage, id } = watching();
    storage.fault = (operation) => {
      if (operation === 'release') inner.writers.beat(id, 'other');
      return undefined;
    };
    for (let time = 0; time < 5; time += 1) expect(await look(5 * MINUTE)).toBe('left');
    expect(storage.operations).toContain('release');
  });

  it('is left to its owner when the storage was away meanwhile, so that nobody could write', async () => {
    const { look, storage } = watching();
    await look(5 * MINUTE);
    await look(5 * MINUTE);
    storage.fault = () => 'before';
    await expect(look(5 * MINUTE)).rejects.toThrow('away');
    storage.fault = () => undefined;
    expect(await look(5 * MINUTE)).toBe('left');
    expect(await look(5 * MINUTE)).toBe('left');
    expect(await look(5 * MINUTE)).toBe('freed');
  });

  it('is left to its owner when nobody looked for long, and freed after a day', async () => {
    const { look } = watching();
    await look(5 * MINUTE);
    for (let hours = 0; hours < 20; hours += 4) expect(await look(4 * HOUR)).toBe('left');
    expect(await look(4 * HOUR)).toBe('freed');
  });

  it('is looked at every five minutes, and not in step with others', () => {
    let time = 0;
    const due = Array.from({ length: 20 }, () => {
      time = 0;
      const tidier = new Retention(new MemoryRecordStorage(), new Statements(), () => time);
      while (!tidier.isDue) time += 1_000;
      return time;
    });
    expect(new Set(due).size).toBeGreaterThan(5);
    expect(Math.min(...due)).toBeGreaterThanOrEqual(4.5 * MINUTE);
    expect(Math.max(...due)).toBeLessThanOrEqual(5.5 * MINUTE + 1_000);
  });
});
