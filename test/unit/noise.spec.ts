import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { optionsSchema, check } from '../../lib/experiment/validation.js';
import type { RunMode } from '../../lib/experiment/option-types.js';
import { deferred } from '../support/deferred.js';
import { Laboratory, type Given } from './harness.js';

const MODES: RunMode[] = ['shadow', 'parallel', 'serial'];

/** Gives one value after the other, the last again and again; functions are called. */
const moving = (...values: unknown[]) =>
  vi.fn((..._args: unknown[]): unknown => {
    const value = values.length > 1 ? values.shift() : values[0];
    return typeof value === 'function' ? (value as () => unknown)() : value;
  });
const failing = (message: string) => () => {
  throw new Error(message);
};

describe('noise', () => {
  it.each(MODES)('compares the control with itself in %s mode, beside the result', async (mode) => {
    const laboratory = new Laboratory();
    const control = moving({ at: 1 }, { at: 2 });
    const result = await laboratory.resultOf({ mode, noise: 100, order: 'controlFirst', control, candidate: () => ({ at: 1 }) });
    expect(control).toHaveBeenCalledTimes(2);
    expect(result.matched).toBe(true);
    expect(result.candidates).toHaveLength(1);
    expect(laboratory.results).toHaveLength(1);
    expect(laboratory.repeated).toMatchObject([
      {
        experiment: 'experiment',
        control: { name: 'control', value: { at: 1 } },
        again: { name: 'control', value: { at: 2 }, outcome: 'mismatched' },
      },
    ]);
    expect(laboratory.repeated[0]?.control).toBe(result.control);
  });

  const both = {
    same: () => 1,
    other: () => 2,
    failing: failing('a'),
    differently: failing('b'),
    never: () => new Promise(() => {}),
  };
  it.each<[keyof typeof both, keyof typeof both, string, Given?]>([
    ['same', 'same', 'matched'],
    ['same', 'other', 'mismatched'],
    ['same', 'other', 'ignored', { ignore: () => true }],
    ['same', 'failing', 'errored'],
    ['same', 'never', 'timedOut', { timeout: 10 }],
    ['failing', 'failing', 'matched'],
    ['failing', 'differently', 'mismatched'],
    ['failing', 'differently', 'matched', { compareErrors: () => true }],
    ['failing', 'same', 'mismatched'],
  ])('tells of a control that is %s and then %s that it %s', async (first, second, outcome, more = {}) => {
    const laboratory = new Laboratory();
    const control = moving(both[first], both[second]);
    await laboratory.resultOf({ noise: 100, control, candidate: () => 1, ...more });
    expect(laboratory.repeated.map(({ again }) => again.outcome)).toEqual([outcome]);
  });

  it('is measured in about its share of the runs', async () => {
    const laboratory = new Laboratory();
    for (let call = 0; call < 2_000; call += 1) {
      if (call % 50 === 0) await laboratory.settled();
      laboratory.call({ noise: 10, maxConcurrent: 1e9, control: () => 1, candidate: () => 1 });
    }
    await laboratory.settled();
    expect(laboratory.results).toHaveLength(2_000);
    // Six standard deviations of a binomial distribution on either side.
    expect(laboratory.repeated.length).toBeGreaterThan(200 - 81);
    expect(laboratory.repeated.length).toBeLessThan(200 + 81);
  });

  it.each<[string, Given]>([
    ['it is 0', { noise: 0 }],
    ['it is not given', {}],
    ['nothing is recorded', { noise: 100, record: false }],
    ['the run is not compared', { noise: 100, control: () => Readable.from([]) }],
    ['the call is skipped', { noise: 100, runIf: () => false }],
  ])('is not measured where %s', async (_, more) => {
    const laboratory = new Laboratory();
    const control = vi.fn(more.control ?? (() => 1));
    laboratory.call({ candidate: () => 1, ...more, control });
    await laboratory.settled();
    expect(control).toHaveBeenCalledTimes(1);
    expect(laboratory.repeated).toEqual([]);
  });

  it.each(MODES)(
    'calls the control before or after the candidate, at random, where both come after it (%s mode)',
    async (mode) => {
      const orders = new Map<string, number>();
      const laboratory = new Laboratory();
      for (let run = 0; run < 200; run += 1) {
        const order: string[] = [];
        const control = async () => void order.push('control');
        const candidate = async () => void order.push('candidate');
        await laboratory.resultOf({ mode, order: 'controlFirst', noise: 100, control, candidate });
        await vi.waitFor(() => expect(order).toHaveLength(3));
        orders.set(order.join(), (orders.get(order.join()) ?? 0) + 1);
      }
      const isShuffled = mode === 'shadow';
      await vi.waitFor(() => expect(laboratory.repeated).toHaveLength(200));
      expect(laboratory.repeated.every((run) => run.isShuffled === isShuffled)).toBe(true);
      // Six standard deviations of a binomial distribution on either side.
      const [least, most] = isShuffled ? [100 - 42, 100 + 42] : [200, 200];
      expect(orders.get('control,candidate,control')).toBeGreaterThanOrEqual(least);
      expect(orders.get('control,candidate,control')).toBeLessThanOrEqual(most);
      expect(orders.get('control,control,candidate') ?? 0).toBe(200 - (orders.get('control,candidate,control') ?? 0));
    },
  );

  it('gives the control its this, and the arguments as the call came with them', async () => {
    const seen: unknown[] = [];
    const self = {};
    const control = function (this: unknown, list: unknown[]) {
      seen.push([this, [...list]]);
      list.push('changed');
    };
    const candidate = (list: unknown[]) => void list.push('changed too');
    await new Laboratory().resultOf({ noise: 100, control, candidate }, self, ['argument']);
    expect(seen).toEqual([
      [self, ['argument']],
      [self, ['argument']],
    ]);
  });

  it.each(MODES)('never reaches or delays the caller in %s mode, also with raiseOnMismatch', async (mode) => {
    const again = deferred();
    const laboratory = new Laboratory();
    const wraps = [(value: unknown) => value, (value: unknown) => Promise.resolve(value)];
    for (const raiseOnMismatch of [false, true]) {
      for (const wrap of wraps) {
        const control = moving(
          () => wrap(1),
          () => again.promise.then(failing('again')),
        );
        const given = laboratory.call({ mode, raiseOnMismatch, noise: 100, control, candidate: () => wrap(1) });
        expect(control.mock.calls.length).toBeLessThanOrEqual(1);
        expect(await given).toBe(1);
        expect(control).toHaveBeenCalledTimes(1);
      }
    }
    again.resolve();
    await laboratory.settled();
    await vi.waitFor(() => expect(laboratory.repeated.map((run) => run.again.outcome)).toEqual(Array(4).fill('errored')));
    expect(laboratory.failures).toEqual([]);
  });

  it('is not measured without a place among the candidates in flight, or when the application stops', async () => {
    const laboratory = new Laboratory();
    const control = moving(1, 2);
    const given: Given = { mode: 'parallel', noise: 100, maxConcurrent: 1, control, candidate: () => 1 };
    // The place is taken between the result and the second run.
    await laboratory.resultOf({ ...given, afterRun: () => laboratory.runner().state.slots.take(1, 0) });
    expect(control).toHaveBeenCalledTimes(1);
    laboratory.runner().state.slots.free();
    await laboratory.resultOf({ ...given, afterRun: () => void laboratory.registry.activity.stop(100) });
    expect(control).toHaveBeenCalledTimes(2);
    expect(laboratory.repeated).toEqual([]);
  });

  it('gives its place back', async () => {
    const laboratory = new Laboratory();
    for (let call = 0; call < 5; call += 1) {
      await laboratory.resultOf({ noise: 100, maxConcurrent: 1, control: moving(1, async () => 1), candidate: () => 1 });
    }
    expect(laboratory.repeated).toHaveLength(5);
  });

  it.each([-1, 101, 0.001, NaN, '10'])('can’t be %s', (noise) => {
    expect(() => check(optionsSchema, { noise }, 'Here')).toThrow('"noise"');
  });
});
