import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { finish } from '../../lib/base/steps.js';
import { MemoryRecordStorage } from '../../lib/recording/storage/memory/memory-record.storage.js';
import { Tally } from '../../lib/recording/tallies/tally.js';
import { resolveOptions } from '../../lib/experiment/definition.js';
import { MINUTE } from '../../lib/recording/tallies/period-tier.js';
import { experimentRow, happen, KINDS, RecordingProcess, resultOf } from '../support/recording.js';
import { EXPERIMENT_ITSELF } from '../../lib/recording/tallies/tally-row.js';

const NOW = Date.UTC(2026, 10, 24, 12);
const EXPERIMENT = { experimentId: 1, epoch: 1 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('what is counted', () => {
  it('is not taken from another who had the writer meanwhile, even if the answer to taking it again is lost', async () => {
    const storage = new MemoryRecordStorage();
    const [first, second] = [new RecordingProcess({ storage }), new RecordingProcess({ storage })];
    happen(first, 'matched');
    await first.recorder.flush();
    for (const { id, owner } of storage.writers.owned()) storage.writers.release(id, owner);
    happen(second, 'matched');
    await second.recorder.stop();
    happen(first, 'matched');
    first.storage.fault = (operation) => (operation === 'claim' ? 'after' : undefined);
    await first.recorder.flush();
    first.storage.fault = () => undefined;
    await first.recorder.flush();
    expect(first.place.current).toBe(1);
    expect(totals(storage).counts.matched).toBe(3);
  });

  it('goes with the fields that differ to another writer', async () => {
    const process = new RecordingProcess();
    const storage = process.inner;
    process.storage.fault = (operation) => (operation === 'write' ? 'before' : undefined);
    happen(process, 'mismatched');
    await process.recorder.flush();
    for (const { id, owner } of storage.writers.owned()) storage.writers.release(id, owner);
    storage.writers.claim('another');
    process.storage.fault = () => undefined;
    await process.recorder.flush();
    expect(process.place.current).toBe(2);
    expect(totals(storage).differences).toMatchObject({ examined: 1, fields: [{ path: '$', kind: 'type', count: 1 }] });
  });
});

/** The total of candidate "v2" over all writers. */
function totals(storage: MemoryRecordStorage, candidate = 'v2') {
  const tally = new Tally();
  for (const row of storage.tallies.totals([EXPERIMENT])) if (row.candidate === candidate) tally.append(new Tally(row.content));
  return tally.toContent();
}

/** How many rows there are of a candidate's minutes. */
function minutes(storage: MemoryRecordStorage, candidate = 'v2') {
  return storage.tallies.periods({ ...EXPERIMENT, tier: 'minute', candidate }, 0, Infinity);
}

/** Lets the time go on, and what is due with it be done, in steps. */
async function pass(ms: number, step = ms): Promise<void> {
  for (let passed = 0; passed < ms; passed += step) await vi.advanceTimersByTimeAsync(step);
}

describe('a run that matched', () => {
  it('counts the same without its result as with it, but where the result is kept', async () => {
    const duration = fc.double({ min: 0, max: 1e4, noNaN: true });
    const runs = fc.array(fc.record({ control: duration, a: duration, b: duration, after: fc.nat(20_000) }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(runs, async (given) => {
        const [full, lean] = [new RecordingProcess(), new RecordingProcess()];
        const options = resolveOptions();
        let kept = 0;
        for (const { control, a, b, after } of given) {
          vi.advanceTimersByTime(after);
          const startedAt = Date.now();
          const named = { a: { duration: a, outcome: 'matched' }, b: { duration: b, outcome: 'matched' } } as const;
          const result = resultOf({ control: { duration: control }, candidates: named, startedAt });
          finish(full.recorder.ran(result, options, true, []));
          const run = {
            startedAt,
            control: { duration: control },
            candidates: Object.entries(named).map(([candidate, of]) => ({ candidate, ...of })),
          };
          if (lean.recorder.matched('search', run, [])) continue;
          kept += 1;
          finish(lean.recorder.ran(result, options, true, []));
        }
        for (const { recorder } of [full, lean]) await recorder.stop();
        for (const candidate of ['a', 'b', EXPERIMENT_ITSELF])
          expect(totals(lean.inner, candidate)).toEqual(totals(full.inner, candidate));
        const [ofLean, ofFull] = [lean, full].map(({ inner }) =>
          inner.results.find(EXPERIMENT, { limit: 100 }).map(({ id: _, ...rest }) => rest),
        );
        expect(ofLean).toEqual(ofFull);
        expect(kept).toBeLessThanOrEqual(given.length === 0 ? 0 : 12);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a recorder', () => {
  it('does nothing at all while nothing happens', async () => {
    const process = new RecordingProcess();
    await pass(10 * MINUTE);
    expect(vi.getTimerCount()).toBe(0);
    happen(process, 'matched');
    expect(vi.getTimerCount()).toBe(1);
    await pass(2_000);
    expect(totals(process.inner).runs).toBe(1);
    const { length } = process.storage.operations;
    expect(vi.getTimerCount()).toBe(0);
    await pass(10 * MINUTE);
    expect(process.storage.operations.length).toBe(length);
  });

  it('writes within an interval, and not in step with others', async () => {
    const waits = new Set<number>();
    for (let process = 0; process < 20; process += 1) {
      const { storage, recorder } = new RecordingProcess();
      recorder.skipped('search', 'runIf');
      const before = Date.now();
      while (storage.operations.length === 0) await vi.advanceTimersToNextTimerAsync();
      waits.add(Date.now() - before);
    }
    expect(waits.size).toBeGreaterThan(5);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(800);
    expect(Math.max(...waits)).toBeLessThanOrEqual(950);
  });

  it('asks as much of the storage for 10 000 calls as for 10', async () => {
    const asked = async (calls: number) => {
      const process = new RecordingProcess();
      happen(process, 'mismatched');
      await process.recorder.flush();
      const { length } = process.storage.operations;
      for (let call = 0; call < calls; call += 1) happen(process, KINDS[call % KINDS.length] ?? 'matched');
      await process.recorder.flush();
      return process.storage.operations.slice(length);
    };
    expect(await asked(10_000)).toEqual(await asked(10));
    expect(await asked(10)).toEqual(['beat', 'write', 'keep']);
  });

  it.each([
    [24, 'for all that is asked of it', ['claim', 'beat', 'enter', 'ofWriter', 'write', 'keep']],
    [6, 'for writings alone', ['write', 'keep']],
  ])('loses nothing while the storage is away for %i hours, and takes little memory: %s', async (hours, _, failing) => {
    vi.useRealTimers();
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'performance'], now: NOW });
    const process = new RecordingProcess({ settings: { samplesKept: 50, flushInterval: 60_000 } });
    const storage = process.inner;
    let largest = 0;
    process.storage.fault = (operation, args) => {
      if (operation === 'write') largest = Math.max(largest, args[0] instanceof Array ? args[0].length : 0);
      return failing.includes(operation) ? 'before' : undefined;
    };
    for (let minute = 0; minute < hours * 60; minute += 1) {
      happen(process, 'mismatched');
      process.recorder.skipped('search', 'runIf');
      await pass(MINUTE);
    }
    process.storage.fault = () => undefined;
    happen(process, 'matched');
    await pass(2 * MINUTE);
    expect(totals(storage)).toMatchObject({ runs: hours * 60 + 1, counts: { mismatched: hours * 60, matched: 1 } });
    expect(totals(storage, EXPERIMENT_ITSELF).skipped).toEqual({ runIf: hours * 60 });
    const kept = minutes(storage);
    expect(kept.reduce((sum, { content }) => sum + content.runs, 0)).toBe(hours * 60 + 1);
    // Of two tallies a row each for the total and for the minutes of an hour.
    expect(largest).toBeLessThanOrEqual(2 * 62);
    expect(kept.length).toBeLessThanOrEqual(61);
    expect(storage.results.find(EXPERIMENT, { limit: 1_000 })).toHaveLength(50);
    expect(process.told).toEqual([expect.stringContaining('away'), 'recovered']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts a minute that came late once, though a part of it was written before', async () => {
    const process = new RecordingProcess();
    happen(process, 'matched');
    await process.recorder.flush();
    process.storage.fault = (operation) => (operation === 'write' ? 'before' : undefined);
    happen(process, 'matched');
    await process.recorder.flush();
    await pass(2 * 60 * MINUTE, MINUTE);
    expect(process.storage.operations.filter((operation) => operation === 'write').length).toBeLessThan(300);
    process.storage.fault = () => undefined;
    await process.recorder.flush();
    expect(minutes(process.inner).map(({ content }) => content.runs)).toEqual([1, 1]);
    expect(totals(process.inner).runs).toBe(2);
  });

  it('gives up samples that can not be kept though all else can, tells of it once until one is kept, and counts all', async () => {
    const process = new RecordingProcess({ settings: { flushInterval: 1_000 } });
    const away = async () => {
      process.storage.fault = (operation) => (operation === 'keep' ? 'before' : undefined);
      for (let minute = 0; minute < 20; minute += 1) {
        happen(process, 'mismatched');
        await pass(MINUTE, 10_000);
      }
    };
    await away();
    expect(process.failures).toMatchObject([{ message: 'away before keep' }]);
    expect(totals(process.inner).counts.mismatched).toBe(20);
    process.storage.fault = () => undefined;
    happen(process, 'mismatched');
    await pass(MINUTE, 10_000);
    expect(process.inner.results.find(EXPERIMENT, { limit: 10 }).length).toBeGreaterThan(0);
    await away();
    expect(process.failures).toHaveLength(2);
    expect(totals(process.inner).counts.mismatched).toBe(41);
  });

  it('keeps the samples that come while others are written', async () => {
    const process = new RecordingProcess();
    process.storage.fault = (operation) => {
      if (operation === 'keep' && process.storage.operations.filter((one) => one === 'keep').length === 1)
        happen(process, 'timedOut');
      return undefined;
    };
    happen(process, 'mismatched');
    await process.recorder.flush();
    await process.recorder.flush();
    const outcomes = process.inner.results.find(EXPERIMENT, { limit: 10 }).map(({ outcome }) => outcome);
    expect(outcomes.sort()).toEqual(['mismatched', 'timedOut']);
  });

  it('begins no writing while one that was given up may still come, and undo it, and then writes all, also when it is stopped', async () => {
    const process = new RecordingProcess({ settings: { flushInterval: 60_000 } });
    process.storage.fault = (operation) => (operation === 'write' ? 'late' : undefined);
    happen(process, 'matched');
    const flushed = process.recorder.flush();
    await pass(10_000);
    await flushed;
    process.storage.fault = () => undefined;
    happen(process, 'matched');
    await process.recorder.flush();
    expect(totals(process.inner).runs).toBe(0);
    const stopped = process.recorder.stop();
    await new Promise(setImmediate);
    await process.storage.land();
    await stopped;
    expect(totals(process.inner).runs).toBe(2);
    expect(process.inner.writers.owned()).toEqual([]);
  });

  it('reckons no more with a writing that never is answered, after a while', async () => {
    vi.useRealTimers();
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'performance'], now: NOW });
    const process = new RecordingProcess({ settings: { flushInterval: 60_000 } });
    process.storage.fault = (operation) => (operation === 'write' ? 'late' : undefined);
    happen(process, 'matched');
    const flushed = process.recorder.flush();
    await pass(10_000);
    await flushed;
    process.storage.fault = () => undefined;
    await pass(15 * MINUTE, MINUTE);
    expect(vi.getTimerCount()).toBe(1);
    expect(totals(process.inner).runs).toBe(0);
    await pass(15 * MINUTE, MINUTE);
    expect(totals(process.inner).runs).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts for a purged experiment what comes after the purge, and nothing of before', async () => {
    let row = experimentRow();
    const process = new RecordingProcess({ find: () => row });
    const other = new RecordingProcess({ storage: process.inner, find: () => row });
    for (const one of [process, other]) happen(one, 'matched');
    row = { ...row, purges: 1 };
    for (const one of [process, other]) happen(one, 'mismatched');
    for (const one of [process, other]) await one.recorder.flush();
    const [epoch, ...others] = process.inner.epochs.of([1]);
    expect(others).toEqual([]);
    expect(epoch).toMatchObject({ number: 1, purges: 1 });
    const runs = process.inner.tallies.totals([EXPERIMENT]).map(({ content }) => content.counts.mismatched);
    expect(runs.reduce((sum, count) => sum + count)).toBe(2);
    expect(process.inner.results.find(EXPERIMENT, { limit: 10 })).toHaveLength(2);
  });

  it('counts nothing of an experiment that is not stored any more', async () => {
    const process = new RecordingProcess({ find: () => undefined });
    happen(process, 'mismatched');
    await process.recorder.flush();
    expect(process.storage.operations).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('writes everything when it is stopped, leaves its writer to others, and begins to tidy up no more', async () => {
    let time = 0;
    const process = new RecordingProcess({ clock: () => time });
    happen(process, 'matched');
    await process.recorder.flush();
    happen(process, 'matched');
    time = 10 * MINUTE;
    await process.recorder.stop();
    expect(totals(process.inner).runs).toBe(2);
    expect(process.inner.writers.owned()).toEqual([]);
    expect(process.storage.operations.at(-1)).toBe('release');
    expect(process.storage.operations).not.toContain('seriesBefore');
    happen(process, 'matched');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('tells what a broken result makes throw to the library, counts the rest of it, and throws nothing', async () => {
    const process = new RecordingProcess();
    const broken = (candidate: string) =>
      resultOf({
        candidates: { [candidate]: { outcome: 'mismatched', value: 2 }, v2: { outcome: 'mismatched', value: 2 } },
        clean: (value) => {
          if (value === 2) throw new Error('broken');
          return value;
        },
      });
    expect(() => finish(process.recorder.ran(broken('v1'), resolveOptions(), true, []))).not.toThrow();
    expect(process.failures.map(String)).toEqual(['Error: broken', 'Error: broken']);
    await pass(2_000);
    expect(totals(process.inner, 'v1')).toMatchObject({ runs: 1, counts: { mismatched: 1 } });
    expect(totals(process.inner, 'v2')).toMatchObject({ runs: 1, counts: { mismatched: 1 } });
  });
});
