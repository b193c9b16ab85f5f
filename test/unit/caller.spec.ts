import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { AnyFunction, RunMode } from '../../lib/experiment/option-types.js';
import { Laboratory, type Given } from './harness.js';

const MODES = ['shadow', 'parallel', 'serial'] satisfies RunMode[];

/** The functions on the stack of an error, the innermost first, without those of the machine that runs the tests. */
function framesOf(error: Error): string[] {
  return (error.stack ?? '')
    .split('\n')
    .slice(1)
    .flatMap((line) => /at (?:async )?(?:new )?([\w.<>]+)/.exec(line)?.[1] ?? []);
}

/** Calls through so many functions of the user's, and gives the stack that is seen at the end. */
function depth(levels: number, act: () => unknown): unknown {
  function user(level: number): unknown {
    return level === 0 ? act() : user(level - 1);
  }
  return user(levels);
}

describe('the control’s stack', () => {
  it.each(MODES)('is the same whether the call is sampled or not, in %s mode', async (mode) => {
    const laboratory = new Laboratory();
    const stacks: string[][] = [];
    const given: Given = {
      mode,
      order: 'controlFirst',
      candidate: () => 1,
      control: () => {
        stacks.push(framesOf(new Error('of the control')));
        return 1;
      },
    };
    depth(4, () => laboratory.call(given));
    laboratory.set({ percentEnabled: 0 });
    depth(4, () => laboratory.call(given));
    await laboratory.settled();
    expect(laboratory.results).toHaveLength(1);
    const [sampled, plain] = stacks;
    expect(plain?.filter((frame) => frame === 'user').length).toBeGreaterThanOrEqual(5);
    expect(sampled).toEqual(plain);
  });
});

describe('a call from within its own run', () => {
  it('runs plain when it comes from the control, at once or later', async () => {
    const laboratory = new Laboratory();
    const now: Given = {
      name: 'now',
      candidate: () => 1,
      control: (n = 5): unknown => (n === 0 ? 1 : laboratory.call(now, undefined, n - 1)),
    };
    const later: Given = {
      name: 'later',
      candidate: async () => 1,
      control: async (n = 5): Promise<unknown> => {
        await wait(1);
        return n === 0 ? 1 : laboratory.call(later, undefined, n - 1);
      },
    };
    expect(laboratory.call(now)).toBe(1);
    expect(await laboratory.call(later)).toBe(1);
    await laboratory.settled();
    expect(laboratory.results.map(({ experiment }) => experiment)).toEqual(['now', 'later']);
  });

  it('runs plain when it comes from a control on the way, of another experiment', async () => {
    const laboratory = new Laboratory();
    const inner: Given = {
      name: 'inner',
      candidate: () => 2,
      control: (n: number): unknown => (n === 0 ? 1 : laboratory.call(outer, undefined, n - 1)),
    };
    const outer: Given = {
      name: 'outer',
      candidate: () => 2,
      control: (n: number): unknown => laboratory.call(inner, undefined, n),
    };
    expect(laboratory.call(outer, undefined, 3)).toBe(1);
    await laboratory.settled();
    expect(laboratory.results.map(({ experiment }) => experiment).sort()).toEqual(['inner', 'outer']);
  });

  it('runs no experiment within a candidate, nor within the control’s second run', async () => {
    const laboratory = new Laboratory();
    const inner: Given = { name: 'inner', control: () => 1, candidate: () => 1 };
    const outer: Given = {
      name: 'outer',
      noise: 100,
      control: () => laboratory.call(inner),
      candidate: () => laboratory.call(inner),
    };
    laboratory.call(outer);
    for (let turn = 0; turn < 5; turn += 1) await laboratory.settled();
    expect(laboratory.results.map(({ experiment }) => experiment).sort()).toEqual(['inner', 'outer']);
    expect(laboratory.repeated).toHaveLength(1);
  });

  it('runs the next call of the same caller', async () => {
    const laboratory = new Laboratory();
    for (let call = 0; call < 3; call += 1) await laboratory.call({ control: async () => 1, candidate: () => 1 });
    await laboratory.settled();
    expect(laboratory.results).toHaveLength(3);
  });
});

describe('calls of one turn', () => {
  it('are prepared up to a limit, and cost next to nothing beyond it: no arguments are copied, none is kept', async () => {
    const laboratory = new Laboratory({ hurried: true });
    // Code that has not run yet is slow: none of them is to be too large.
    const given: Given = {
      control: (list: unknown[]) => list.length,
      candidate: (list: unknown[]) => list.length,
      copyBudget: 1_000,
    };
    const copyAll = vi.spyOn(laboratory.registry.copier, 'copyAll');
    const list = Array.from({ length: 50 }, (_, id) => ({ id }));
    for (let call = 0; call < 20_000; call += 1) laboratory.call(given, undefined, list);
    expect(copyAll.mock.calls.length).toBeLessThanOrEqual(1_000);
    await laboratory.settled();
    const skipped = laboratory.skipped.get('burst') ?? 0;
    expect(skipped).toBeGreaterThanOrEqual(19_000);
    expect(skipped + laboratory.results.length).toBe(20_000);
    await laboratory.resultOf(given, undefined, list);
  });

  it('whose controls never settle are kept up to a limit for each experiment', async () => {
    const laboratory = new Laboratory();
    const given: Given = { control: () => new Promise(() => undefined), candidate: () => 1 };
    for (let call = 0; call < 1_100; call += 1) void laboratory.call(given);
    await laboratory.settled();
    expect(laboratory.skipped.get('burst')).toBe(100);
    expect((await laboratory.resultOf({ name: 'other', control: () => 1, candidate: () => 1 })).matched).toBe(true);
  });
});

describe('the stores of the caller’s async context', () => {
  const tenants = new AsyncLocalStorage<string>();
  const later =
    (act: () => void): AnyFunction =>
    async () => {
      await Promise.resolve();
      act();
      await wait(1);
      act();
      return 1;
    };
  const now =
    (act: () => void): AnyFunction =>
    () => {
      act();
      return 1;
    };

  it('are not changed by what a candidate enters, in any mode', async () => {
    const behaviour = fc.constantFrom(now, later);
    const run = fc.record({
      mode: fc.constantFrom(...MODES),
      order: fc.constantFrom('controlFirst' as const, 'controlLast' as const),
      control: behaviour,
      candidate: behaviour,
      ambient: fc.constantFrom('none', 'run', 'entered'),
      candidates: fc.constantFrom(1, 2),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ mode, order, control, candidate, ambient, candidates }) => {
        const laboratory = new Laboratory();
        const seen: (string | undefined)[] = [];
        const foreign: (string | undefined)[] = [];
        const see = () => seen.push(tenants.getStore());
        const enter = (name: string) =>
          candidate(() => {
            foreign.push(tenants.getStore());
            tenants.enterWith(name);
          });
        const body = async () => {
          see();
          const given = laboratory.call({
            mode,
            order,
            control: control(see),
            candidates: Object.fromEntries(Array.from({ length: candidates }, (_, index) => [`c${index}`, enter(`c${index}`)])),
          });
          see();
          await given;
          see();
          await laboratory.settled();
          see();
        };
        const caller = ambient === 'none' ? undefined : 'caller';
        if (ambient === 'run') await tenants.run('caller', body);
        else
          await tenants.exit(async () => {
            if (ambient === 'entered') tenants.enterWith('caller');
            await body();
          });
        expect(new Set(seen)).toEqual(new Set([caller]));
        // Each candidate begins with its caller's store, and sees afterwards what it has entered itself.
        expect(foreign.every((store) => store === caller || store?.startsWith('c'))).toBe(true);
        expect(foreign.filter((store) => store === caller).length).toBeGreaterThanOrEqual(candidates);
      }),
      { numRuns: 150 },
    );
  });

  it('are what the control changes them to, as without an experiment', async () => {
    const laboratory = new Laboratory();
    await tenants.run('before', async () => {
      laboratory.call({ control: () => tenants.enterWith('by the control'), candidate: () => undefined });
      expect(tenants.getStore()).toBe('by the control');
    });
    await laboratory.settled();
  });
});

describe('what the library does for itself', () => {
  it('publishes in the context of the module’s start, whoever calls', async () => {
    const callers = new AsyncLocalStorage<string>();
    const stores: unknown[] = [];
    const laboratory = new Laboratory();
    const push = laboratory.results.push.bind(laboratory.results);
    laboratory.results.push = (...results) => {
      stores.push(callers.getStore(), laboratory.registry.current.getStore());
      return push(...results);
    };
    for (const mode of MODES)
      await callers.run('caller', async () => {
        await laboratory.call({ mode, control: async () => 1, candidate: async () => 1 });
        await laboratory.settled();
      });
    expect(stores).toEqual(Array(6).fill(undefined));
  });
});
