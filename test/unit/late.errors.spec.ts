import { AsyncLocalStorage } from 'node:async_hooks';
import domain from 'node:domain';
import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CandidateContext } from '../../lib/experiment/run-context.js';
import type { AnyFunction, RunMode } from '../../lib/experiment/option-types.js';
import { Laboratory } from './harness.js';

const error = new RangeError('of the candidate');
const fail = () => {
  throw error;
};
const load = async () => {
  await Promise.resolve();
  fail();
};

/** What candidates leave behind, by how it fails. */
const LEFT: Record<string, () => unknown> = {
  'an async function': () => void load(),
  'a timer': () => void setTimeout(fail, 1),
  'an immediate': () => void setImmediate(fail),
  'a tick': () => process.nextTick(fail),
  'a microtask': () => queueMicrotask(fail),
  'an emitter': () => void setImmediate(() => new EventEmitter().emit('error', error)),
};

const EVENTS = ['uncaughtException', 'uncaughtExceptionMonitor', 'unhandledRejection', 'rejectionHandled', 'warning'] as const;

/** What the application's listeners have heard. */
let heard: unknown[];
const hear = (one: unknown) => heard.push(one);

beforeEach(() => {
  heard = [];
  for (const event of EVENTS) process.on(event as 'unhandledRejection', hear); // each tells one thing at least
});
afterEach(() => {
  for (const event of EVENTS) process.off(event, hear);
});

const told = (laboratory: Laboratory, count = 1) => vi.waitFor(() => expect(laboratory.failures).toHaveLength(count), 20_000);

describe('what a candidate leaves behind, and throws later', () => {
  for (const mode of ['shadow', 'parallel', 'serial'] satisfies RunMode[]) {
    it.each(Object.keys(LEFT))(`is told as its own, and to nobody else: ${mode}, %s`, async (how) => {
      const laboratory = new Laboratory({ late: true });
      const { matched } = await laboratory.resultOf({ mode, control: async () => undefined, candidate: LEFT[how] ?? fail });
      await told(laboratory);
      expect(matched).toBe(true);
      expect(laboratory.failures).toEqual([{ operation: 'candidate', error, experiment: 'experiment' }]);
      expect(heard).toEqual([]);
    });
  }

  it.each(Object.keys(LEFT))('stays out of the domain of the caller: %s', async (how) => {
    const laboratory = new Laboratory({ late: true });
    const around = domain.create().on('error', hear);
    await around.run(() => laboratory.resultOf({ control: async () => undefined, candidate: LEFT[how] ?? fail }));
    await told(laboratory);
    expect(heard).toEqual([]);
  });

  it('leaves the domains of the caller as they were', async () => {
    const laboratory = new Laboratory({ late: true });
    const [outer, inner] = [domain.create(), domain.create()];
    const domainNow = () => (process as { domain?: unknown }).domain; // the types know of none
    const seen: unknown[] = [];
    const given = { mode: 'serial', order: 'controlLast', control: domainNow, candidate: () => seen.push(domainNow()) } as const;
    expect(outer.run(() => inner.run(() => [laboratory.call(given), domainNow()]))).toEqual([inner, inner]);
    await laboratory.settled();
    expect(seen).toEqual([undefined]);
  });

  it('is told in the context of the module, not in that of the call', async () => {
    const stores = new AsyncLocalStorage<string>();
    const laboratory = new Laboratory({ late: true });
    const seen: unknown[] = [];
    const push = laboratory.failures.push.bind(laboratory.failures);
    laboratory.failures.push = (...failures) => {
      seen.push([stores.getStore(), laboratory.registry.current.getStore()]);
      return push(...failures);
    };
    await stores.run('of the call', () => laboratory.resultOf({ control: () => undefined, candidate: () => void load() }));
    await told(laboratory);
    expect(seen).toEqual([[undefined, undefined]]);
  });

  it('is not told of again when the candidate handles it after all', async () => {
    const laboratory = new Laboratory({ late: true });
    const candidate = async () => {
      const rejected = load();
      await pause(5);
      await rejected.catch(() => undefined);
    };
    await laboratory.resultOf({ control: async () => undefined, candidate });
    await pause(5);
    expect(laboratory.failures).toHaveLength(1);
    expect(heard).toEqual([]);
  });

  it('goes on: an interval throws as often as it comes', async () => {
    const laboratory = new Laboratory({ late: true });
    let interval: NodeJS.Timeout | undefined;
    await laboratory.resultOf({ control: () => undefined, candidate: () => void (interval = setInterval(fail, 1)) });
    await vi.waitFor(() => expect(laboratory.failures.length).toBeGreaterThan(3));
    clearInterval(interval);
    expect(heard).toEqual([]);
  });

  it('lets what is no error of it pass to the application', async () => {
    const laboratory = new Laboratory({ late: true });
    const asked = vi.fn();
    process.on('candidate asks' as 'exit', asked);
    await laboratory.resultOf({ control: () => true, candidate: () => process.emit('candidate asks' as 'exit', 17) });
    process.off('candidate asks', asked);
    expect(asked.mock.calls).toEqual([[17]]);
    expect(laboratory.results[0]?.matched).toBe(true);
  });

  it('refuses to queue what is no function, as it would in any context', async () => {
    const laboratory = new Laboratory({ late: true });
    const { candidates } = await laboratory.resultOf({ control: () => 1, candidate: () => queueMicrotask(1 as never) });
    expect(candidates[0]).toMatchObject({ error: { code: 'ERR_INVALID_ARG_TYPE' } });
  });
});

it('what the application throws meanwhile is told to the application alone', async () => {
  const laboratory = new Laboratory({ late: true });
  // Vitest listens too, for what no test may throw.
  const others = ['uncaughtException', 'unhandledRejection'].map((event) => [event, process.listeners(event as 'exit')] as const);
  for (const [event, listeners] of others) for (const one of listeners) if (one !== hear) process.off(event, one);
  const own = new Error('of the application');
  await laboratory.call({ control: async () => 1, candidate: () => void load() });
  setImmediate(() => {
    throw own;
  });
  await told(laboratory);
  await vi.waitFor(() => expect(heard).toEqual([own, own]));
  for (const [event, listeners] of others) for (const one of listeners) if (one !== hear) process.on(event, one);
  expect(laboratory.failures.map(({ error }) => error)).toEqual([error]);
});

describe('a run that fails late', () => {
  /** How many runs there are until the experiment is stopped, and why it is. */
  async function stopped(candidate: AnyFunction, options: object = {}, atMost = 60) {
    const laboratory = new Laboratory({ late: true, guardrails: { errorRate: 0.5 } });
    for (let runs = 1; runs <= atMost; runs += 1) {
      await laboratory.resultOf({ control: async () => 1, candidate, ...options });
      await pause(3);
      if (laboratory.halts.length > 0) return { runs, reason: laboratory.halts[0]?.reason };
    }
    return undefined;
  }
  const reason = 'Candidate "candidate": 20 of 20 runs failed or timed out: "errorRate" allows 50 %.';

  it('counts as failed', async () => {
    const late = async () => {
      void load();
      return 1;
    };
    expect(await stopped(late)).toMatchObject({ reason: expect.stringMatching(/^Candidate "candidate": 20 of/) });
  });

  it('counts once, also if it fails itself afterwards', async () => {
    const twoAwaited = async () => {
      const [slow, quick] = [pause(2), load()];
      await slow;
      await quick;
    };
    expect(await stopped(twoAwaited)).toEqual({ runs: 20, reason });
  });

  it('counts once, also if it has failed itself before', async () => {
    const both = async () => {
      setTimeout(fail, 1);
      fail();
    };
    expect(await stopped(both)).toEqual({ runs: 20, reason });
  });

  it('counts not at all if something was refused to it', async () => {
    const refused = async () => {
      void load();
      return 1;
    };
    const laboratory = new Laboratory({ late: true, guardrails: { errorRate: 0 } });
    const candidate = () => {
      (laboratory.registry.current.getStore() as CandidateContext).refuse('callersTransaction'); // it is called as one
      return refused();
    };
    await laboratory.call({ control: async () => 1, candidate });
    // That something was refused is told, too.
    await told(laboratory, 2);
    expect(laboratory.failures).toContainEqual({ operation: 'candidate', error, experiment: 'experiment' });
    expect(laboratory.halts).toEqual([]);
  });

  it('counts not at all if it is one more of the control', async () => {
    let isFirst = true;
    const control = async () => {
      if (!isFirst) void load();
      isFirst = false;
      return 1;
    };
    const laboratory = new Laboratory({ late: true, guardrails: { errorRate: 0 } });
    await laboratory.resultOf({ control, candidate: async () => 1, noise: 100 });
    await told(laboratory);
    expect(laboratory.halts).toEqual([]);
    expect(heard).toEqual([]);
  });
});
