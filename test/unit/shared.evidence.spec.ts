import { describe, expect, it, vi } from 'vitest';
import { MemoryTallyStorage } from '../../lib/recording/storage/memory/memory-tally.storage.js';
import { chance } from '../support/chance.js';
import { FleetProcess } from '../support/fleet.js';

const NOON = Date.UTC(2026, 10, 24, 12);

function fleet(count: number, guardrails = {}) {
  const storage = new MemoryTallyStorage();
  const processes = Array.from({ length: count }, (_, index) => new FleetProcess(storage, index + 1, guardrails));
  const [one, other] = processes as [FleetProcess, FleetProcess];
  return { storage, processes, one, other };
}

function fail(process: FleetProcess, times: number, now: number) {
  for (let run = 0; run < times; run += 1) process.run('errored', now);
}

describe('a process whose candidate fails', () => {
  it('judges it by what others have counted too, after it has written', async () => {
    const { one, other } = fleet(2);
    fail(other, 15, NOON);
    other.write(NOON);
    fail(one, 4, NOON);
    await one.flush(NOON);
    expect(one.halts).toEqual([]);
    fail(one, 1, NOON + 500);
    expect(one.halts).toEqual([
      'Candidate "v2": 20 of 20 runs in several processes failed or timed out: "errorRate" allows 50 %.',
    ]);
  });

  it('counts what others have written once, however often it looks', async () => {
    const { one, other } = fleet(2);
    fail(other, 10, NOON);
    other.write(NOON);
    for (let look = 0; look < 9; look += 1) {
      fail(one, 1, NOON + look);
      await one.flush(NOON + look);
    }
    expect(one.halts).toEqual([]);
    fail(other, 1, NOON + 100);
    other.write(NOON + 100);
    fail(one, 1, NOON + 100);
    expect(one.halts).toHaveLength(1);
  });

  it('goes on from one minute to the next, and looks back for one', async () => {
    const { one, other } = fleet(2);
    for (const [index, at] of [0, 59_000, 61_000, 119_000].entries()) {
      fail(other, 4, NOON + at);
      other.write(NOON + at);
      fail(one, 1, NOON + at);
      await one.flush(NOON + at);
      expect(one.halts).toHaveLength(Number(index === 3));
    }
    const late = fleet(2);
    fail(late.other, 18, NOON);
    late.other.write(NOON);
    fail(late.one, 1, NOON + 180_000);
    await late.one.flush(NOON + 180_000);
    fail(late.one, 1, NOON + 180_000);
    expect(late.one.halts).toEqual([]);
  });

  it('takes each candidate by itself, and what mismatched where that has a limit', async () => {
    const { one, other } = fleet(2, { mismatchRate: 0.05 });
    for (let run = 0; run < 10; run += 1) other.run('mismatched', NOON, 'v3');
    other.write(NOON);
    one.run('mismatched', NOON, 'v2');
    await one.flush(NOON);
    expect(one.halts).toEqual(['Candidate "v3": 10 of 10 runs in several processes were mismatched: "mismatchRate" allows 5 %.']);
  });

  it('does not take its own runs for those of others when it goes on under another number', async () => {
    const { one } = fleet(2);
    fail(one, 10, NOON);
    await one.flush(NOON);
    one.moveTo(7);
    fail(one, 1, NOON + 1_000);
    await one.flush(NOON + 1_000);
    fail(one, 8, NOON + 2_000);
    await one.flush(NOON + 2_000);
    expect(one.halts).toEqual([]);
  });

  it('is put right by others where they do not fail', async () => {
    const { one, other } = fleet(2);
    for (let run = 0; run < 1_000; run += 1) other.run('matched', NOON);
    other.write(NOON);
    fail(one, 10, NOON);
    await one.flush(NOON);
    fail(one, 12, NOON);
    expect(one.halts).toEqual([]);
  });
});

describe('a process whose candidates behave', () => {
  it('asks for nothing', async () => {
    const { storage, one } = fleet(1);
    const asked = vi.spyOn(storage, 'others');
    one.run('matched', NOON);
    one.run('mismatched', NOON);
    await one.flush(NOON);
    for (let run = 0; run < 10; run += 1) one.run(run < 4 ? 'errored' : 'matched', NOON);
    await one.flush(NOON);
    expect(asked).not.toHaveBeenCalled();
    fail(one, 1, NOON);
    await one.flush(NOON);
    expect(asked).toHaveBeenCalledTimes(1);
  });
});

describe('after a change of the settings', () => {
  it('what was counted before says nothing, also if it is written later', async () => {
    const { one, other } = fleet(2);
    fail(other, 20, NOON);
    other.write(NOON);
    fail(other, 20, NOON + 900);
    for (const process of [one, other]) process.change(NOON + 1_000);
    fail(one, 1, NOON + 1_100);
    await one.flush(NOON + 1_100);
    other.write(NOON + 1_800);
    fail(one, 1, NOON + 1_900);
    await one.flush(NOON + 1_900);
    fail(one, 1, NOON + 3_100);
    await one.flush(NOON + 3_100);
    fail(one, 1, NOON + 3_200);
    await one.flush(NOON + 3_200);
    expect(one.halts).toEqual([]);
  });

  it('what others count counts at once where they had counted nothing in this minute', async () => {
    const { one, other } = fleet(2);
    for (const process of [one, other]) process.change(NOON + 1_000);
    fail(other, 19, NOON + 1_001);
    other.write(NOON + 1_001);
    fail(one, 1, NOON + 1_002);
    await one.flush(NOON + 1_002);
    expect(one.halts).toHaveLength(1);
  });

  it('what others count counts within the same minute too, once all from before is written', async () => {
    const { one, other } = fleet(2);
    fail(other, 5, NOON);
    other.write(NOON);
    for (const process of [one, other]) process.change(NOON + 1_000);
    fail(one, 1, NOON + 3_100);
    await one.flush(NOON + 3_100);
    fail(other, 19, NOON + 3_200);
    other.write(NOON + 3_200);
    fail(one, 1, NOON + 4_000);
    await one.flush(NOON + 4_000);
    expect(one.halts).toHaveLength(1);
  });
});

/** Has each of many processes make a call in some seconds, and flush a second later. Gives how many failed until one stops it. */
async function simulated(count: number, every: number, share: number, seed: number, seconds = 600) {
  const draw = chance(seed);
  const { processes } = fleet(count);
  const due = processes.map(() => ({ call: draw() * every, flush: Infinity }));
  let failed = 0;
  for (let at = 0; at < seconds * 1_000; at += 50) {
    for (const [index, process] of processes.entries()) {
      const next = due[index] ?? { call: Infinity, flush: Infinity };
      if (at >= next.call) {
        const isFailed = draw() < share;
        failed += Number(isFailed);
        process.run(isFailed ? 'errored' : 'matched', NOON + at);
        next.call += every;
        if (next.flush === Infinity) next.flush = at + 800 + draw() * 150;
      }
      if (at >= next.flush) {
        next.flush = Infinity;
        await process.flush(NOON + at);
      }
      if (process.halts.length > 0) return { failed, seconds: at / 1_000 };
    }
  }
  return undefined;
}

describe('a hundred processes', () => {
  it.each([
    { every: 2_000, failed: 120, seconds: 3 },
    { every: 2_500, failed: 120, seconds: 3 },
    { every: 30_000, failed: 40, seconds: 12 },
  ])('stop a candidate that always fails within seconds, with a call every $every ms each', async ({ every, ...within }) => {
    for (let seed = 0; seed < 5; seed += 1) {
      const stopped = await simulated(100, every, 1, seed);
      expect(stopped?.failed).toBeLessThan(within.failed);
      expect(stopped?.seconds).toBeLessThan(within.seconds);
    }
  });

  it('let one be that fails less often than it may', async () => {
    expect(await simulated(100, 2_000, 0.45, 1, 60)).toBeUndefined();
  });
});
