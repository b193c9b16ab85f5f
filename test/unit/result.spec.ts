import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import type { ExperimentResult } from '../../lib/experiment/result.js';
import { fixedClock } from '../../lib/testing/fixed-clock.js';
import { Laboratory } from './harness.js';

describe('a result', () => {
  it('knows the experiment, the context, the observations and the order in which they were started', async () => {
    const result = await new Laboratory().resultOf({
      name: 'search',
      context: { tenant: 7 },
      control: () => 'a',
      candidates: { first: () => 'a', second: () => 'b' },
    });
    expect(result.experiment).toBe('search');
    expect(result.context).toEqual({ tenant: 7 });
    expect([result.control.name, ...result.candidates.map(({ name }) => name)]).toEqual(['control', 'first', 'second']);
    expect(result.candidates.map(({ outcome }) => outcome)).toEqual(['matched', 'mismatched']);
    expect([...result.order].sort()).toEqual(['control', 'first', 'second']);
    expect(result.startedAt).toBeInstanceOf(Date);
    expect([result.matched, result.mismatched, result.ignored]).toEqual([false, true, false]);
  });

  it('and its observations are immutable', async () => {
    const result = await new Laboratory().resultOf({ context: { a: 1 }, control: () => 1, candidate: () => 1 });
    const parts = [result, result.control, result.candidates, result.candidates[0], result.order, result.context];
    expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true));
    expect(() => Object.assign(result, { matched: false })).toThrow(TypeError);
    expect(() => Object.assign(result.control, { value: 2 })).toThrow(TypeError);
  });

  it('turns into JSON with cleaned values, and errors in full', async () => {
    const failure = Object.assign(new TypeError('of the candidate'), { status: 418 });
    const result = await new Laboratory().resultOf({
      control: () => ({ secret: 1 }),
      candidate: () => {
        throw failure;
      },
      clean: () => 'cleaned',
    });
    const { control, candidates } = JSON.parse(JSON.stringify(result)) as { control: unknown; candidates: unknown[] };
    expect(control).toMatchObject({ name: 'control', kind: 'returned', value: 'cleaned' });
    expect(candidates[0]).toMatchObject({
      outcome: 'errored',
      kind: 'threw',
      error: { name: 'TypeError', message: 'of the candidate', stack: failure.stack, status: 418 },
    });
  });
});

describe('an observation', () => {
  it('says how long its behaviour took by a clock that cannot be put back, and the CPU time where it was alone', async () => {
    const result = await new Laboratory().resultOf({
      control: () => Array.from({ length: 100_000 }, (_, index) => index).length,
      candidate: () => new Promise((resolve) => setTimeout(resolve, 20, 100_000)),
    });
    expect(result.control.duration).toBeGreaterThan(0);
    expect(result.control.cpuTime).toBeGreaterThanOrEqual(0);
    expect(result.candidates[0]?.duration).toBeGreaterThanOrEqual(19);
    expect(result.candidates[0]).not.toHaveProperty('cpuTime');
  });

  it('can be given its duration, for tests of what reads it', async () => {
    const laboratory = new Laboratory({ clock: fixedClock({ control: 12, candidate: 3 }) });
    const result = await laboratory.resultOf({ control: () => 1, candidate: async () => 1 });
    expect([result.control.duration, result.candidates[0]?.duration]).toEqual([12, 3]);
  });

  it('has the experiment’s context, and its own over it, as a copy', async () => {
    const context = { tenant: 7, strategy: 'none' };
    const result = await new Laboratory().resultOf(
      {
        context,
        contexts: { control: { strategy: 'scan' }, candidate: (q: unknown) => ({ strategy: `index for ${String(q)}` }) },
        control: () => 1,
        candidate: () => 1,
      },
      undefined,
      'oslo',
    );
    context.tenant = 8;
    expect(result.context).toEqual({ tenant: 7, strategy: 'none' });
    expect(result.control.context).toEqual({ tenant: 7, strategy: 'scan' });
    expect(result.candidates[0]?.context).toEqual({ tenant: 7, strategy: 'index for oslo' });
  });

  it('prints readably, with a value and with an error', async () => {
    const result = await new Laboratory({ clock: fixedClock({ control: 1.5, candidate: 2 }) }).resultOf({
      control: () => ({ found: ['Oslo'] }),
      candidate: () => {
        throw new RangeError('too far');
      },
    });
    expect(result.control.toString()).toBe('control returned {"found":["Oslo"]} in 1.50 ms');
    expect(inspect(result.candidates[0])).toContain('candidate threw {"name":"RangeError"');
    expect(String(result.candidates[0])).toContain('too far');
  });
});

describe('context', () => {
  it('is merged: the application’s, under the experiment’s', async () => {
    const laboratory = new Laboratory({ defaults: { context: () => ({ host: 'a', tenant: 1 }) } });
    const result = await laboratory.resultOf({ context: { tenant: 2 }, control: () => 1, candidate: () => 1 });
    expect(result.context).toEqual({ host: 'a', tenant: 2 });
  });

  it('is seen by runIf, which can keep a segment out', async () => {
    const laboratory = new Laboratory();
    const candidate = vi.fn();
    const given = { context: (plan: string) => ({ plan }), control: () => 1, candidate };
    const runIf = ({ context }: { context: Record<string, unknown> }) => context['plan'] === 'beta';
    expect(laboratory.call({ ...given, runIf }, undefined, 'stable')).toBe(1);
    expect(laboratory.call({ ...given, runIf }, undefined, 'beta')).toBe(1);
    await laboratory.settled();
    expect(candidate).toHaveBeenCalledTimes(1);
    expect(laboratory.results.map(({ context }) => context)).toEqual([{ plan: 'beta' }]);
  });
});

describe('clean', () => {
  const cleanedBy = async (value: unknown, clean: (value: unknown) => unknown) => {
    const result: ExperimentResult = await new Laboratory().resultOf({ control: () => value, candidate: () => value, clean });
    return [result.matched, result.control.cleanedValue];
  };

  it('makes what is published, not what is compared', async () => {
    const result = await new Laboratory().resultOf({ control: () => 1, candidate: () => 2, clean: () => 'same' });
    expect([result.mismatched, result.control.cleanedValue, result.candidates[0]?.cleanedValue]).toEqual([true, 'same', 'same']);
  });

  it('is not called for null and undefined, but for false', async () => {
    const clean = vi.fn(() => 'cleaned');
    expect(await cleanedBy(null, clean)).toEqual([true, null]);
    expect(await cleanedBy(undefined, clean)).toEqual([true, undefined]);
    expect(clean).not.toHaveBeenCalled();
    expect(await cleanedBy(false, clean)).toEqual([true, 'cleaned']);
  });

  it('that throws leaves the value as it is', async () => {
    expect(
      await cleanedBy(7, () => {
        throw new Error('clean');
      }),
    ).toEqual([true, 7]);
  });
});
