import { setTimeout as wait } from 'node:timers/promises';
import { defer, of } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { deferred } from '../support/deferred.js';
import { Laboratory } from './harness.js';

const forever = () => new Promise<never>(() => {});

describe('behaviours', () => {
  it('get the same arguments, and the same `this`', async () => {
    const laboratory = new Laboratory();
    const seen: unknown[] = [];
    const self = { prefix: 'p' };
    function behaviour(this: unknown, ...args: unknown[]) {
      seen.push(this, args);
    }
    await laboratory.resultOf({ control: behaviour, candidate: behaviour }, self, 'a', { b: 1 });
    expect(seen).toEqual([self, ['a', { b: 1 }], self, ['a', { b: 1 }]]);
    expect(seen[0]).toBe(seen[2]);
  });

  it('without a control are refused with the experiment’s name and the missing behaviour', () => {
    const laboratory = new Laboratory();
    expect(() => laboratory.call({ name: 'search', candidate: () => 1 })).toThrow(
      'Experiment "search" has no "control" behaviour',
    );
    expect(() => laboratory.call({ name: 'search', candidates: { a: () => 1 }, run: 'b' })).toThrow('has no "b" behaviour');
  });

  it('of one name are refused', () => {
    const laboratory = new Laboratory();
    const one = () => 1;
    const twice = { control: one, candidate: one, candidates: { candidate: one } };
    expect(() => laboratory.call(twice)).toThrow('two behaviours are named "candidate"');
    expect(() => laboratory.call({ control: one, candidates: { control: one } })).toThrow('two behaviours are named "control"');
  });

  it('with a second control are refused', () => {
    const given = { control: () => 1, candidates: { a: () => 1 }, run: 'a' };
    expect(() => new Laboratory().call(given)).toThrow('"run" names "a" as the control, and "control" is given too');
  });

  it('that are only a control pass straight through, and nothing is published', async () => {
    const laboratory = new Laboratory();
    const beforeRun = vi.fn();
    expect(laboratory.call({ control: () => 7, beforeRun })).toBe(7);
    await laboratory.settled();
    expect(laboratory.results).toEqual([]);
    expect(beforeRun).not.toHaveBeenCalled();
  });

  it('without a control can name the candidate whose value is returned', async () => {
    const laboratory = new Laboratory();
    const given = { candidates: { 'first-way': () => 1, 'second-way': () => 2 }, run: 'first-way' };
    expect(laboratory.call(given)).toBe(1);
    await laboratory.settled();
    const [result] = laboratory.results;
    expect(result?.control.name).toBe('first-way');
    expect(result?.candidates.map(({ name, outcome }) => [name, outcome])).toEqual([['second-way', 'mismatched']]);
  });
});

describe('candidates', () => {
  it('of several names are each compared with the control', async () => {
    const candidates = {
      same: () => 1,
      other: () => 2,
      broken: () => {
        throw new Error('broken');
      },
    };
    const result = await new Laboratory().resultOf({ control: () => 1, candidates });
    expect(result.candidates.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['same', 'matched'],
      ['other', 'mismatched'],
      ['broken', 'errored'],
    ]);
  });

  it('that throw are recorded and not heard of, and the control’s error reaches the caller', async () => {
    const laboratory = new Laboratory();
    const failure = new Error('of the control');
    const control = async () => {
      throw failure;
    };
    await expect(laboratory.call({ control, candidate: () => 1 })).rejects.toBe(failure);
    await laboratory.settled();
    expect(laboratory.results[0]?.control).toMatchObject({ kind: 'threw', error: failure });
  });

  it('that give null or undefined give a value like any other', async () => {
    const laboratory = new Laboratory();
    for (const nothing of [null, undefined]) {
      expect(laboratory.call({ control: () => nothing, candidate: () => nothing })).toBe(nothing);
      expect(laboratory.call({ control: () => nothing, candidate: () => 1 })).toBe(nothing);
    }
    await laboratory.settled();
    expect(laboratory.results.map(({ matched }) => matched)).toEqual([true, false, true, false]);
  });

  it('that call their own control do not start the experiment again', async () => {
    const laboratory = new Laboratory();
    const control = vi.fn(() => 1);
    const given = { control, candidate: (): unknown => laboratory.call(given) };
    expect((await laboratory.resultOf(given)).matched).toBe(true);
    expect(control).toHaveBeenCalledTimes(2);
    expect(laboratory.results.length).toBe(1);
  });
});

describe('a timeout', () => {
  it('is an outcome of its own, and not a mismatch of values', async () => {
    const compare = vi.fn(() => true);
    const ignore = vi.fn(() => true);
    const result = await new Laboratory().resultOf({ control: () => 1, candidate: forever, timeout: 5, compare, ignore });
    expect(result.candidates[0]).toMatchObject({ outcome: 'timedOut', error: { code: 'CANDIDATE_TIMED_OUT' } });
    expect([result.matched, result.ignored]).toEqual([false, false]);
    expect([compare.mock.calls, ignore.mock.calls]).toEqual([[], []]);
  });

  it('fires the signal as that candidate', async () => {
    const laboratory = new Laboratory();
    const { registry } = laboratory;
    const named: unknown[] = [];
    const candidate = async () => {
      registry.candidate()?.signal.addEventListener('abort', () => named.push(registry.candidate()?.candidate));
      await forever();
    };
    await laboratory.resultOf({ control: () => 1, candidate, timeout: 2 });
    expect(named).toEqual(['candidate']);
  });

  it('subscribes as the candidate to an Observable that its promise gives', async () => {
    const laboratory = new Laboratory();
    const name = () => laboratory.registry.candidate()?.candidate;
    const candidate = async () => defer(() => of(name()));
    const result = await laboratory.resultOf({ control: () => ['candidate'], candidate });
    expect(result.candidates[0]?.outcome).toBe('matched');
  });

  it('fires the signal that the candidate can read', async () => {
    const laboratory = new Laboratory();
    const reasons: unknown[] = [];
    const candidate = () => {
      const signal = laboratory.registry.candidate()?.signal;
      return new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          reasons.push(signal.reason);
          reject(new Error('cancelled'));
        });
      });
    };
    const result = await laboratory.resultOf({ control: () => 1, candidate, timeout: 5 });
    expect(result.candidates[0]?.outcome).toBe('timedOut');
    expect(reasons).toMatchObject([{ code: 'CANDIDATE_TIMED_OUT' }]);
  });

  it('is also told of a candidate that could not be stopped, because it was synchronous', async () => {
    const candidate = () => {
      const until = performance.now() + 12;
      while (performance.now() < until);
      return 1;
    };
    const result = await new Laboratory().resultOf({ control: () => 1, candidate, timeout: 5 });
    expect(result.candidates[0]?.outcome).toBe('timedOut');
  });

  it('leaves what comes too late unheard', async () => {
    const laboratory = new Laboratory();
    const candidate = () => wait(10).then(() => Promise.reject(new Error('too late')));
    expect((await laboratory.resultOf({ control: () => 1, candidate, timeout: 2 })).candidates[0]?.outcome).toBe('timedOut');
    await wait(20);
    expect(laboratory.failures).toEqual([]);
  });
});

describe('maxConcurrent', () => {
  it('bounds the candidates in flight; what is beyond is skipped, and its control runs', async () => {
    const laboratory = new Laboratory();
    let inFlight = 0;
    let most = 0;
    const all = deferred();
    const candidate = async () => {
      most = Math.max(most, (inFlight += 1));
      await all.promise;
      inFlight -= 1;
      return 1;
    };
    const calls = Array.from({ length: 8 }, () => laboratory.call({ control: async () => 1, candidate, maxConcurrent: 3 }));
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 8 }, () => 1));
    await vi.waitFor(() => expect(laboratory.skipped.get('maxConcurrent')).toBe(5));
    all.resolve();
    await laboratory.settled();
    expect(most).toBe(3);
    expect(laboratory.results.length).toBe(3);
    expect(laboratory.skipped.get('maxConcurrent')).toBe(5);
  });

  it('lets the candidates of one run wait for each other', async () => {
    const result = await new Laboratory().resultOf({
      control: () => 1,
      candidates: { a: async () => 1, b: async () => 1, c: () => 1 },
      maxConcurrent: 1,
    });
    expect(result.matched).toBe(true);
  });

  it('keeps the place of one that has timed out until it has really settled', async () => {
    const laboratory = new Laboratory();
    const { promise, resolve } = deferred<number>();
    const call = (candidate: () => unknown) => laboratory.resultOf({ control: () => 1, candidate, maxConcurrent: 1, timeout: 5 });
    expect((await call(() => promise)).candidates[0]?.outcome).toBe('timedOut');
    await call(() => 1);
    expect(laboratory.skipped.get('maxConcurrent')).toBe(1);
    resolve(1);
    await vi.waitFor(async () => {
      await call(() => 1);
      expect(laboratory.results.some(({ matched }) => matched)).toBe(true);
    });
  });

  it('stops the experiment when all its places are held by candidates that do not settle', async () => {
    const laboratory = new Laboratory();
    for (let call = 0; call < 2; call += 1) {
      await laboratory.resultOf({ control: () => 1, candidate: forever, maxConcurrent: 2, timeout: 5 });
    }
    const one = { control: () => 1, candidate: forever, maxConcurrent: 2, timeout: 5 };
    await vi.waitFor(() => {
      laboratory.call(one);
      expect(laboratory.halts).toHaveLength(1);
    });
    expect(laboratory.halts[0]?.reason).toBe(
      'All 2 places of "maxConcurrent" are held by candidates that have not settled in twice their timeout.',
    );
  });

  it('gives up a candidate that waits for a place for as long as its timeout', async () => {
    const laboratory = new Laboratory();
    laboratory.call({ control: () => 1, candidates: { a: forever, b: forever }, maxConcurrent: 1, timeout: 5 });
    await laboratory.settled();
    expect(laboratory.results).toEqual([]);
    expect(laboratory.skipped.get('maxConcurrent')).toBe(1);
  });

  it('does not count synchronous candidates that wait for their turn', async () => {
    const laboratory = new Laboratory();
    for (let call = 0; call < 50; call += 1) laboratory.call({ control: () => 1, candidate: () => 1 });
    await laboratory.settled();
    expect(laboratory.results.length).toBe(50);
  });
});

describe('runIf, beforeRun and afterRun', () => {
  it('are asked only when the experiment may run, and runIf decides', async () => {
    const laboratory = new Laboratory();
    const beforeRun = vi.fn();
    const afterRun = vi.fn();
    const given = { control: () => 1, candidate: () => 1, beforeRun, afterRun, context: { a: 1 } };
    laboratory.call({ ...given, runIf: () => false });
    await laboratory.settled();
    expect([beforeRun.mock.calls, afterRun.mock.calls, laboratory.results]).toEqual([[], [], []]);
    expect(laboratory.skipped.get('runIf')).toBe(1);

    laboratory.call({ ...given, runIf: () => true }, undefined, 'argument');
    await laboratory.settled();
    expect(beforeRun.mock.calls).toEqual([[{ experiment: 'experiment', context: { a: 1 }, args: ['argument'] }]]);
    expect(afterRun.mock.calls).toEqual([[laboratory.results[0]]]);
  });

  it('are called with the instance as `this`, as all the user’s functions are', async () => {
    const laboratory = new Laboratory();
    const self = { name: 'instance' };
    const selves = new Map<string, unknown>();
    const noting = (name: string, value: unknown) =>
      function (this: unknown): never {
        selves.set(name, this);
        return value as never;
      };
    await laboratory.resultOf(
      {
        control: () => 1,
        candidate: () => 2,
        context: noting('context', {}),
        runIf: noting('runIf', true),
        beforeRun: noting('beforeRun', undefined),
        compare: noting('compare', false),
        ignore: noting('ignore', false),
        clean: noting('clean', 0),
        afterRun: noting('afterRun', undefined),
      },
      self,
    );
    laboratory.results.forEach(({ control }) => control.cleanedValue);
    expect([...selves]).toEqual(
      ['context', 'runIf', 'beforeRun', 'compare', 'ignore', 'afterRun', 'clean'].map((name) => [name, self]),
    );
  });
});
