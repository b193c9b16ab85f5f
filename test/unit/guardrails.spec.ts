import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { CandidateContext } from '../../lib/experiment/run-context.js';
import { NO_GUARDRAILS, type Guardrails } from '../../lib/experiment/guardrails.js';
import { GuardrailWatch, type RunCounts, type Watched } from '../../lib/experiment/guardrails/guardrail-watch.js';
import { chance, lognormal } from '../support/chance.js';
import { Laboratory } from './harness.js';

const FINE: Watched = { outcome: 'matched', duration: 1, control: 1, blocked: 0 };
const FAILED: Partial<Watched> = { outcome: 'errored' };

/** Watches with some limits alone. */
class Watch {
  private readonly watch: GuardrailWatch;

  constructor(limits: Partial<Guardrails>) {
    this.watch = new GuardrailWatch({ ...NO_GUARDRAILS, ...limits });
  }

  /** Takes runs until it stops them. Gives how many these were, and why. */
  stops(run: () => Partial<Watched>, atMost: number): { runs: number; reason: string } | undefined {
    for (let runs = 1; runs <= atMost; runs += 1) {
      const reason = this.watch.observe({ ...FINE, ...run() });
      if (reason !== undefined) return { runs, reason };
    }
    return undefined;
  }

  /** Takes some runs. Gives what was said to the last. */
  observe(count: number, run: Partial<Watched> = {}): string | undefined {
    let said: string | undefined;
    for (let index = 0; index < count; index += 1) said = this.watch.observe({ ...FINE, ...run });
    return said;
  }

  others(runs: Partial<RunCounts>): string | undefined {
    return this.watch.takeOthers({ runs: 0, failed: 0, mismatched: 0, ...runs });
  }

  late(): string | undefined {
    return this.watch.failedLate();
  }

  asks(): boolean {
    return this.watch.asks();
  }
}

/** How many runs it takes to stop those of which a share are bad: the median of some tries. */
function median(limits: Partial<Guardrails>, bad: Partial<Watched>, share: number, atMost = 10_000): number {
  const tries = Array.from({ length: 51 }, (_, seed) => {
    const draw = chance(seed);
    return new Watch(limits).stops(() => (draw() < share ? bad : {}), atMost)?.runs ?? Infinity;
  });
  return tries.sort((one, other) => one - other)[25] ?? Infinity;
}

describe.each<{ limit: string; set: (share: number) => Partial<Guardrails>; bad: Partial<Watched>; seen: string }>([
  {
    limit: 'errorRate',
    set: (errorRate) => ({ errorRate }),
    bad: FAILED,
    seen: 'failed or timed out: "errorRate" allows',
  },
  {
    limit: 'errorRate, by timeouts',
    set: (errorRate) => ({ errorRate }),
    bad: { outcome: 'timedOut' },
    seen: 'failed or timed out: "errorRate" allows',
  },
  {
    limit: 'mismatchRate',
    set: (mismatchRate) => ({ mismatchRate }),
    bad: { outcome: 'mismatched' },
    seen: 'were mismatched: "mismatchRate" allows',
  },
])('the guardrail $limit', ({ set, bad, seen }) => {
  it('stops at once what is far beyond, and later what is little beyond', () => {
    expect(new Watch(set(0.5)).stops(() => bad, 100)).toEqual({ runs: 20, reason: `20 of 20 runs ${seen} 50 %.` });
    expect(new Watch(set(0.05)).stops(() => bad, 100)).toEqual({ runs: 5, reason: `5 of 5 runs ${seen} 5 %.` });
    expect(median(set(0.5), bad, 0.8)).toBeGreaterThan(40);
    expect(median(set(0.5), bad, 0.8)).toBeLessThan(75);
    expect(median(set(0.5), bad, 0.6)).toBeLessThan(1_000);
    expect(median(set(0.01), bad, 0.05)).toBeLessThan(500);
  });

  it.each([0.001, 0.05, 0.5, 0.9])('lets be, for long, what is just within %d', (limit) => {
    for (const share of [limit, limit * 0.8]) {
      const draw = chance(1);
      expect(new Watch(set(limit)).stops(() => (draw() < share ? bad : {}), 200_000)).toBeUndefined();
    }
  });

  it('stops at the first where it is 0, and nothing where it is 1 or null', () => {
    const never = new Watch(set(0));
    expect(never.observe(1_000)).toBeUndefined();
    expect(never.observe(1, bad)).toBe(`1 of 1001 runs ${seen} 0 %.`);
    expect(new Watch(set(1)).observe(10_000, bad)).toBeUndefined();
    expect(new Watch({}).observe(10_000, bad)).toBeUndefined();
  });

  it('is not put off by a long good past, and says since when it is otherwise', () => {
    const watch = new Watch(set(0.5));
    watch.observe(100_000);
    expect(watch.stops(() => bad, 100)).toEqual({ runs: 30, reason: `30 of the last 30 runs ${seen} 50 %.` });
  });

  it('says what contradicts its limit, whatever the runs', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1 }), fc.nat(), (limit, share, seed) => {
        const draw = chance(seed);
        const stopped = new Watch(set(limit)).stops(() => (draw() < share ? bad : {}), 500);
        if (stopped === undefined) return;
        const [, hits, runs] = /^(\d+) of (?:the last )?(\d+) runs? /.exec(stopped.reason) ?? [];
        expect(Number(hits) / Number(runs)).toBeGreaterThan(limit);
        expect(Number(runs)).toBeLessThanOrEqual(stopped.runs);
      }),
      { seed: 1 },
    );
  });
});

describe('the guardrail slowerBy', () => {
  it('judges the share of runs that are slower by its factor, not means: few very slow ones are allowed', () => {
    const slow = { duration: 5 };
    expect(new Watch({ slowerBy: 4 }).stops(() => slow, 100)).toEqual({
      runs: 20,
      reason: '20 of 20 runs took more than 4 times as long as the control: "slowerBy" allows 50 %.',
    });
    expect(new Watch({ slowerBy: 5 }).observe(10_000, slow)).toBeUndefined();
    const draw = chance(1);
    const stopped = new Watch({ slowerBy: 4 }).stops(() => (draw() < 0.4 ? { duration: 10_000 } : {}), 100_000);
    expect(stopped).toBeUndefined();
  });

  it('takes a run that timed out as slow, and says nothing of one that failed', () => {
    expect(new Watch({ slowerBy: 2 }).observe(20, { outcome: 'timedOut', duration: 100 })).toEqual(expect.any(String));
    expect(new Watch({ slowerBy: 2 }).observe(1_000, { outcome: 'errored', duration: 100 })).toBeUndefined();
  });

  it('compares with a control that takes no time', () => {
    const watch = new Watch({ slowerBy: 2 });
    expect(watch.observe(1_000, { duration: 0, control: 0 })).toBeUndefined();
    expect(watch.observe(100, { duration: 1, control: 0 })).toEqual(expect.any(String));
  });
});

describe('the guardrail blockedFor', () => {
  const blocking = (limit: number, ...runs: number[]) => {
    let index = 0;
    return new Watch({ blockedFor: limit }).stops(() => ({ blocked: runs[index++ % runs.length] ?? 0 }), 1_000);
  };

  it('stops at once at a block of 50 times its limit, and of 1 s at least', () => {
    expect(blocking(25, 2_000)).toEqual({
      runs: 1,
      reason: 'one run blocked the event loop for 2000.0 ms: "blockedFor" allows 25 ms on average.',
    });
    expect(blocking(25, 1, 1_250)?.runs).toBe(2);
    expect(blocking(1, 999)?.runs).toBeGreaterThan(1);
    expect(blocking(1, 1_000)?.runs).toBe(1);
    expect(blocking(100, 4_999)?.runs).toBeGreaterThan(1);
  });

  it('stops at once at such a block after a long good past too, and after some where long blocks are usual', () => {
    const watch = new Watch({ blockedFor: 25 });
    watch.observe(100_000, { blocked: 0.05 });
    expect(watch.stops(() => ({ blocked: 2_000 }), 10)?.runs).toBe(1);
    const used = new Watch({ blockedFor: 25 });
    used.observe(100_000, { blocked: 20 });
    expect(used.stops(() => ({ blocked: 2_000 }), 10)?.runs).toBeLessThan(8);
  });

  it('stops blocks that are longer on average, the sooner the longer they are', () => {
    expect(blocking(25, 40)).toEqual({
      runs: 29,
      reason: 'blocked the event loop for 40.0 ms on average of 29 runs: "blockedFor" allows 25 ms on average.',
    });
    expect(blocking(25, 1_000)?.runs).toBeLessThan(6);
    expect(blocking(25, 100)?.runs).toBeLessThan(15);
    expect(blocking(25, 26)?.runs).toBeLessThan(500);
    expect(blocking(25, 0, 0, 200)?.runs).toBeLessThan(100);
  });

  it.each([0.5, 1])('lets be what is within it on average, however unevenly: lognormal with σ = %d', (sigma) => {
    for (const mean of [20, 25]) {
      const blocks = lognormal(chance(1), mean, sigma);
      expect(new Watch({ blockedFor: 25 }).stops(() => ({ blocked: blocks() }), 200_000)).toBeUndefined();
    }
  });

  it('stops the first that blocks at all where it is 0, and nothing where it is null', () => {
    const watch = new Watch({ blockedFor: 0 });
    expect(watch.observe(100)).toBeUndefined();
    expect(watch.observe(1, { blocked: 0.001 })).toEqual(expect.any(String));
    expect(new Watch({}).observe(1, { blocked: 100_000 })).toBeUndefined();
  });
});

describe('guardrails', () => {
  it('are by default those for what disturbs others: failures, and what blocks the event loop', () => {
    const stopped = (run: Partial<Watched>) => {
      const watch = new GuardrailWatch({});
      return (
        Array.from({ length: 500 }, () => watch.observe({ ...FINE, ...run })).findIndex((reason) => reason !== undefined) + 1
      );
    };
    expect(stopped({ outcome: 'errored' })).toBe(20);
    expect(stopped({ blocked: 40 })).toBe(29);
    expect(stopped({ blocked: 25 })).toBe(0);
    expect(stopped({ outcome: 'mismatched', duration: 1_000 })).toBe(0);
  });

  it('count a run that fails late as failed, once', () => {
    const watch = new Watch({ errorRate: 0.5 });
    const runs = Array.from({ length: 30 }, () => [watch.observe(1), watch.late()]);
    expect(runs.flat().find((reason) => reason !== undefined)).toBe(
      '20 of the last 20 runs failed or timed out: "errorRate" allows 50 %.',
    );
    const one = new Watch({ errorRate: 0.5 });
    one.late();
    expect(one.observe(100_000)).toBeUndefined();
  });
});

describe('what other processes have counted', () => {
  it('is evidence as if it were of this process', () => {
    const watch = new Watch({ errorRate: 0.5 });
    expect(watch.observe(2, FAILED)).toBeUndefined();
    expect(watch.others({ runs: 10, failed: 10 })).toBeUndefined();
    expect(watch.others({ runs: 14, failed: 13 })).toBe(
      '25 of 26 runs in several processes failed or timed out: "errorRate" allows 50 %.',
    );
  });

  it('is judged by every limit of which it says something', () => {
    const watch = new Watch({ errorRate: 0.5, mismatchRate: 0.1 });
    expect(watch.others({ runs: 1_000, mismatched: 90 })).toBeUndefined();
    expect(watch.others({ runs: 100, mismatched: 60 })).toBe(
      '60 of the last 100 runs in several processes were mismatched: "mismatchRate" allows 10 %.',
    );
    expect(new Watch({ slowerBy: 1, blockedFor: 1 }).others({ runs: 1_000, failed: 1_000 })).toBeUndefined();
  });

  it('may be as much as it likes', () => {
    const million = 1_000_000;
    expect(new Watch({ errorRate: 0.5 }).others({ runs: million, failed: million })).toEqual(expect.any(String));
    expect(new Watch({ errorRate: 0.5 }).others({ runs: million, failed: million / 2 })).toBeUndefined();
    expect(new Watch({ errorRate: 0 }).others({ runs: million })).toBeUndefined();
    expect(new Watch({ errorRate: 0 }).others({ runs: million, failed: 1 })).toEqual(expect.any(String));
    expect(new Watch({ errorRate: 1 }).others({ runs: million, failed: million })).toBeUndefined();
    const watch = new Watch({ errorRate: 0.5 });
    watch.others({ runs: million });
    expect(watch.others({ runs: 40, failed: 40 })).toEqual(expect.any(String));
  });

  it('is asked for after runs of which more were bad than may be', () => {
    const watch = new Watch({ errorRate: 0.5, mismatchRate: 0.5 });
    watch.observe(1);
    expect(watch.asks()).toBe(false);
    watch.observe(1, FAILED);
    expect(watch.asks()).toBe(true);
    expect(watch.asks()).toBe(false);
    watch.observe(1, { outcome: 'mismatched' });
    expect(watch.asks()).toBe(true);
    watch.observe(1, FAILED);
    watch.observe(1);
    expect(watch.asks()).toBe(false);
    const without = new Watch({});
    without.observe(1, FAILED);
    expect(without.asks()).toBe(false);
  });
});

describe('an experiment whose candidate goes beyond a guardrail', () => {
  const failing = () => {
    throw new Error('a');
  };
  const given = { control: () => 1, candidate: failing };

  const ran = async (laboratory: Laboratory, times: number, what: object = given) => {
    for (let index = 0; index < times; index += 1) {
      laboratory.call(what);
      await laboratory.settled();
    }
    return laboratory.results.length;
  };

  it('stops at once, says so once, and names the candidate', async () => {
    const laboratory = new Laboratory({ guardrails: { errorRate: 0.05 } });
    expect(await ran(laboratory, 20, { control: () => 1, candidates: { good: () => 1, bad: failing } })).toBe(5);
    expect(laboratory.runner().isOff()).toBe(true);
    expect(laboratory.halts).toEqual([
      {
        experiment: 'experiment',
        reason: 'Candidate "bad": 5 of 5 runs failed or timed out: "errorRate" allows 5 %.',
        version: 1,
      },
    ]);
  });

  it('judges each candidate by its own runs', async () => {
    const laboratory = new Laboratory({ guardrails: { errorRate: 0.03 } });
    expect(await ran(laboratory, 3, { control: () => 1, candidates: { one: failing, other: failing } })).toBe(3);
    expect(laboratory.halts).toEqual([]);
  });

  it('stays off as long as nobody changes it, whatever is read again, and then counts anew', async () => {
    const laboratory = new Laboratory({ guardrails: { errorRate: 0.05 } });
    await ran(laboratory, 5);
    laboratory.set({});
    expect(laboratory.runner().isOff()).toBe(true);
    laboratory.set({ version: 2, percentEnabled: 0 });
    expect(laboratory.runner().isOff()).toBe(true);
    laboratory.set({ version: 3 });
    expect(await ran(laboratory, 20)).toBe(10);
    expect(laboratory.halts.map(({ version }) => version)).toEqual([1, 3]);
  });

  it('lets candidates that are in flight end, and says nothing more', async () => {
    const laboratory = new Laboratory({ guardrails: { errorRate: 0 } });
    const late = { control: () => 1, candidate: () => Promise.reject(new Error('a')) };
    for (let index = 0; index < 8; index += 1) laboratory.call(late);
    await laboratory.settled();
    expect(laboratory.results).toHaveLength(8);
    expect(laboratory.halts).toHaveLength(1);
  });

  it('does not take what was seen of earlier settings for evidence', async () => {
    const laboratory = new Laboratory({ guardrails: { errorRate: 0.05 } });
    await ran(laboratory, 4);
    const { state } = laboratory.runner();
    const asking = state.askingForOthers();
    expect(asking?.since).toBe(0);
    laboratory.set({ version: 2, updatedAt: 17 });
    expect(await ran(laboratory, 4)).toBe(8);
    asking?.takeOthers('candidate', { runs: 100, failed: 100, mismatched: 0 });
    expect(laboratory.halts).toEqual([]);
    const now = state.askingForOthers();
    expect(now?.since).toBe(17);
    now?.takeOthers('candidate', { runs: 1, failed: 1, mismatched: 0 });
    expect(laboratory.halts.map(({ version }) => version)).toEqual([2]);
  });

  it('counts what a candidate leaves behind and fails late, once for each run', async () => {
    const laboratory = new Laboratory({ guardrails: { errorRate: 0.03 } });
    const { current } = laboratory.registry;
    const candidate = () => {
      const own = current.getStore() as CandidateContext; // it is called as one
      for (let error = 0; error < 3; error += 1) setImmediate(() => laboratory.runner().failedLate(own));
      return 1;
    };
    for (let call = 0; call < 3; call += 1) await laboratory.resultOf({ control: () => 1, candidate });
    expect(laboratory.halts).toEqual([]);
    for (let call = 0; call < 3; call += 1) await laboratory.resultOf({ control: () => 1, candidate });
    await vi.waitFor(() => expect(laboratory.halts[0]?.reason).toMatch(/ failed or timed out: "errorRate" allows 3 %\.$/));
  });

  it('goes on when a guardrail is taken away before it trips', async () => {
    const laboratory = new Laboratory({ guardrails: { errorRate: 0.05 } });
    await ran(laboratory, 4);
    laboratory.set({ version: 2, guardrails: NO_GUARDRAILS });
    expect(await ran(laboratory, 20)).toBe(24);
  });
});

/** A candidate that keeps the event loop. */
const spin = (ms: number) => () => {
  const end = performance.now() + ms;
  while (performance.now() < end);
  return Promise.resolve(1);
};

const now = performance.now.bind(performance);
let ahead = 0;
vi.spyOn(performance, 'now').mockImplementation(() => now() + ahead);

/** A candidate that keeps the event loop for long, by a clock that it moves on. */
const block = (ms: number) => () => {
  ahead += ms;
  return Promise.resolve(1);
};

it('a candidate that keeps the event loop is timed, also if it gives a promise, and stopped', async () => {
  const laboratory = new Laboratory({ guardrails: { blockedFor: 0.5 } });
  for (let index = 0; index < 20; index += 1) await laboratory.resultOf({ control: () => 1, candidate: spin(20) });
  expect(laboratory.results.length).toBeLessThan(6);
  expect(laboratory.halts[0]?.reason).toMatch(
    /^Candidate "candidate": blocked the event loop for \d+\.\d ms on average of \d runs: "blockedFor" allows 0\.5 ms on average\.$/,
  );
});

it('a candidate that blocks for long is stopped by its first run', async () => {
  const laboratory = new Laboratory({ guardrails: { blockedFor: 20 } });
  for (let index = 0; index < 3; index += 1) await laboratory.resultOf({ control: () => 1, candidate: block(1_000) });
  expect(laboratory.results).toHaveLength(1);
  expect(laboratory.halts).toHaveLength(1);
});

it('a candidate that takes its time without keeping the event loop is not stopped for that', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const laboratory = new Laboratory({ guardrails: { blockedFor: 25 } });
  const slow = () => new Promise((resolve) => setTimeout(resolve, 5_000, 1));
  for (let index = 0; index < 4; index += 1) {
    laboratory.call({ control: () => 1, candidate: slow });
    await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(5_000);
    await laboratory.settled();
  }
  vi.useRealTimers();
  expect(laboratory.results).toHaveLength(4);
  expect(laboratory.halts).toEqual([]);
});

describe('a candidate that blocks for long is stopped by its first run', () => {
  const blocking = { candidate: block(1_000), mode: 'parallel' } as const;

  it('also where there is nothing to compare it with', async () => {
    const laboratory = new Laboratory({ guardrails: { blockedFor: 20 } });
    await laboratory.call({ ...blocking, control: async () => Readable.from([]) });
    await vi.waitFor(() => expect(laboratory.halts).toHaveLength(1));
    expect(laboratory.results).toEqual([]);
  });

  it('also where the control never settles', async () => {
    const laboratory = new Laboratory({ guardrails: { blockedFor: 20 } });
    void laboratory.call({ ...blocking, control: () => new Promise(() => undefined) });
    await vi.waitFor(() => expect(laboratory.halts).toHaveLength(1));
  });
});

it('a candidate whose runs have no result is stopped for what it blocks on average', async () => {
  const laboratory = new Laboratory({ guardrails: { blockedFor: 0.5 } });
  const given = { control: async () => Readable.from([]), candidate: spin(20), mode: 'parallel' } as const;
  await vi.waitFor(() => {
    void laboratory.call(given);
    expect(laboratory.halts).toHaveLength(1);
  });
  expect(laboratory.results).toEqual([]);
  expect(laboratory.halts[0]?.reason).toMatch(/^Candidate "candidate": blocked the event loop for /);
});

describe('candidates that never settle, where all experiments together have few places', () => {
  const limits = { maxCandidates: 2, maxEventLoopUtilization: 1, maxEventLoopDelay: 3_600_000 };
  const hanging = (name: string) => ({ name, control: () => 1, candidate: () => new Promise(() => undefined), timeout: 5 });

  it('stop each experiment that holds some, and none that holds none', async () => {
    const laboratory = new Laboratory({ limits });
    for (const name of ['one', 'other']) await laboratory.resultOf(hanging(name));
    await vi.waitFor(() => {
      for (const name of ['one', 'other', 'third']) laboratory.call(hanging(name));
      expect(laboratory.halts.map(({ experiment }) => experiment)).toEqual(['one', 'other']);
    });
    expect(laboratory.halts[0]?.reason).toBe(
      'All 2 places of "maxCandidates" are held by candidates that have not settled in twice their timeout.',
    );
    expect(laboratory.runner('third').isOff()).toBe(false);
  });

  it.each([null, 1])('stop nothing that may fail always: errorRate %j', async (errorRate) => {
    const laboratory = new Laboratory({ limits, guardrails: { errorRate } });
    for (const name of ['one', 'other']) await laboratory.resultOf(hanging(name));
    await new Promise((resolve) => setTimeout(resolve, 20));
    laboratory.call(hanging('one'));
    await laboratory.settled();
    expect(laboratory.skipped.get('maxCandidates')).toBe(1);
    expect(laboratory.halts).toEqual([]);
  });
});
