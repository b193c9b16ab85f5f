import { describe, expect, it } from 'vitest';
import { NO_GUARDRAILS, type Guardrails } from '../../lib/experiment/guardrails.js';
import { GuardrailWatch, type Watched } from '../../lib/experiment/guardrail.watch.js';
import { Laboratory } from './harness.js';

const FINE: Watched = { outcome: 'matched', duration: 1, control: 1, blocked: 0 };

/** Watches with one limit alone, from 0 ms on. */
class Watch {
  now = 0;
  private readonly watch = new GuardrailWatch(() => this.now);

  constructor(limits: Partial<Guardrails>) {
    this.watch.obey({ ...NO_GUARDRAILS, minRuns: 10, ...limits });
  }

  obey(limits: Partial<Guardrails>) {
    this.watch.obey({ ...NO_GUARDRAILS, minRuns: 10, ...limits });
  }

  /** Gives what was said to the last of some runs. */
  observe(count: number, run: Partial<Watched> = {}): string | undefined {
    let said: string | undefined;
    for (let index = 0; index < count; index += 1) said = this.watch.observe({ ...FINE, ...run });
    return said;
  }
}

describe.each<{
  limit: string;
  set: Partial<Guardrails>;
  bad: Partial<Watched>;
  allowed: number;
  reason: string;
}>([
  {
    limit: 'errorRate',
    set: { errorRate: 0.25 },
    bad: { outcome: 'errored' },
    allowed: 5,
    reason: '6 of 21 runs in 60 s failed or timed out: "errorRate" allows 25 %.',
  },
  {
    limit: 'errorRate, by timeouts',
    set: { errorRate: 0.25 },
    bad: { outcome: 'timedOut' },
    allowed: 5,
    reason: '6 of 21 runs in 60 s failed or timed out: "errorRate" allows 25 %.',
  },
  {
    limit: 'mismatchRate',
    set: { mismatchRate: 0.25 },
    bad: { outcome: 'mismatched' },
    allowed: 5,
    reason: '6 of 21 runs in 60 s were mismatched: "mismatchRate" allows 25 %.',
  },
  {
    limit: 'slowerBy',
    set: { slowerBy: 2 },
    bad: { duration: 5 },
    allowed: 5,
    reason: 'took 2.1 ms where the control took 1.0 ms, on average of 21 runs in 60 s: "slowerBy" allows 2 times as long.',
  },
  {
    limit: 'blockedFor',
    set: { blockedFor: 10 },
    bad: { blocked: 40 },
    allowed: 5,
    reason: 'kept the event loop for 11.4 ms, on average of 21 runs in 60 s: "blockedFor" allows 10 ms.',
  },
])('the guardrail $limit', ({ set, bad, allowed, reason }) => {
  it('lets what it allows be, and stops what is beyond, with a reason', () => {
    const watch = new Watch(set);
    watch.observe(20 - allowed);
    expect(watch.observe(allowed, bad)).toBeUndefined();
    expect(watch.observe(1, bad)).toBe(reason);
  });

  it('does not judge before there are enough runs', () => {
    const watch = new Watch(set);
    expect(watch.observe(9, bad)).toBeUndefined();
    expect(watch.observe(1, bad)).toEqual(expect.any(String));
  });

  it('forgets what is older than its window', () => {
    const watch = new Watch(set);
    watch.observe(9, bad);
    watch.now = 60_001;
    expect(watch.observe(9, bad)).toBeUndefined();
    watch.now = 66_000;
    expect(watch.observe(1, bad)).toEqual(expect.any(String));
  });

  it('stops nothing when it is set to null', () => {
    expect(new Watch({}).observe(1_000, bad)).toBeUndefined();
  });
});

describe('guardrails', () => {
  it('are by default those for what disturbs others: failures, and what keeps the event loop', () => {
    const said = (run: Partial<Watched>) => {
      const watch = new GuardrailWatch(() => 0);
      return Array.from({ length: 50 }, () => watch.observe({ ...FINE, ...run })).findIndex((reason) => reason !== undefined);
    };
    expect(said({ outcome: 'errored' })).toBe(49);
    expect(said({ blocked: 25.1 })).toBe(49);
    expect(said({ blocked: 25 })).toBe(-1);
    expect(said({ outcome: 'mismatched', duration: 1_000 })).toBe(-1);
  });

  it('begin to count anew with another window', () => {
    const watch = new Watch({ errorRate: 0 });
    watch.observe(9, { outcome: 'errored' });
    watch.obey({ errorRate: 0, window: 1_000 });
    expect(watch.observe(9, { outcome: 'errored' })).toBeUndefined();
    watch.obey({ errorRate: 0, window: 1_000, minRuns: 9 });
    expect(watch.observe(1, { outcome: 'errored' })).toBe('10 of 10 runs in 1 s failed or timed out: "errorRate" allows 0 %.');
  });

  it('compare with a control that takes no time', () => {
    const watch = new Watch({ slowerBy: 2 });
    expect(watch.observe(10, { duration: 0, control: 0 })).toBeUndefined();
    expect(watch.observe(1, { duration: 1, control: 0 })).toBe(
      'took 0.1 ms where the control took 0.0 ms, on average of 11 runs in 60 s: "slowerBy" allows 2 times as long.',
    );
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
    const laboratory = new Laboratory({ guardrails: { minRuns: 5 } });
    expect(await ran(laboratory, 20, { control: () => 1, candidates: { good: () => 1, bad: failing } })).toBe(5);
    expect(laboratory.runner().isOff()).toBe(true);
    expect(laboratory.halts).toEqual([
      {
        experiment: 'experiment',
        reason: 'Candidate "bad": 5 of 5 runs in 60 s failed or timed out: "errorRate" allows 50 %.',
        version: 1,
      },
    ]);
  });

  it('judges each candidate by its own runs', async () => {
    const laboratory = new Laboratory({ guardrails: { minRuns: 6 } });
    expect(await ran(laboratory, 5, { control: () => 1, candidates: { one: failing, other: failing } })).toBe(5);
    expect(laboratory.halts).toEqual([]);
  });

  it('stays off as long as nobody changes it, whatever is read again, and then counts anew', async () => {
    const laboratory = new Laboratory({ guardrails: { minRuns: 5 } });
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
    const laboratory = new Laboratory({ guardrails: { minRuns: 2 } });
    const late = { control: () => 1, candidate: () => Promise.reject(new Error('a')) };
    for (let index = 0; index < 8; index += 1) laboratory.call(late);
    await laboratory.settled();
    expect(laboratory.results).toHaveLength(8);
    expect(laboratory.halts).toHaveLength(1);
  });

  it('goes on when a guardrail is taken away before it trips', async () => {
    const laboratory = new Laboratory({ guardrails: { minRuns: 5 } });
    await ran(laboratory, 4);
    laboratory.set({ version: 2, guardrails: { ...NO_GUARDRAILS, minRuns: 5 } });
    expect(await ran(laboratory, 20)).toBe(24);
  });
});

it('a candidate that keeps the event loop is timed, also if it gives a promise, and stopped', async () => {
  const laboratory = new Laboratory({ guardrails: { minRuns: 3, blockedFor: 5 } });
  const spin = () => {
    const end = performance.now() + 6;
    while (performance.now() < end);
    return Promise.resolve(1);
  };
  for (let index = 0; index < 4; index += 1) await laboratory.resultOf({ control: () => 1, candidate: spin });
  expect(laboratory.results).toHaveLength(3);
  expect(laboratory.halts[0]?.reason).toMatch(
    /^Candidate "candidate": kept the event loop for \d+\.\d ms, on average of 3 runs in 60 s: "blockedFor" allows 5 ms\.$/,
  );
});

it('a candidate that takes its time without keeping the event loop is not stopped for that', async () => {
  const laboratory = new Laboratory({ guardrails: { minRuns: 3, blockedFor: 5 } });
  const slow = () => new Promise((resolve) => setTimeout(resolve, 8, 1));
  for (let index = 0; index < 4; index += 1) await laboratory.resultOf({ control: () => 1, candidate: slow });
  expect(laboratory.results).toHaveLength(4);
  expect(laboratory.halts).toEqual([]);
});
