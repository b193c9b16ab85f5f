import { Readable } from 'node:stream';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { MismatchError } from '../../lib/experiment/mismatch.error.js';
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
const outcomes = async (given: Given, laboratory = new Laboratory()) =>
  (await laboratory.resultOf({ recheck: true, ...given })).candidates.map(({ outcome, drifted }) => [outcome, drifted]);

describe('recheck', () => {
  it.each(MODES)('ignores a difference as drift in %s mode if the control gives by now what the candidate gave', async (mode) => {
    const control = moving({ at: 1 }, { at: 2 });
    const result = await new Laboratory().resultOf({
      mode,
      order: 'controlFirst',
      recheck: true,
      control,
      candidate: () => ({ at: 2 }),
    });
    expect(control).toHaveBeenCalledTimes(3);
    expect([result.matched, result.mismatched, result.ignored]).toEqual([false, false, true]);
    expect(result.candidates[0]).toMatchObject({ outcome: 'ignored', drifted: true });
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({ candidates: [{ outcome: 'ignored', drifted: true }] });
    expect(result.order).toEqual(['control', 'candidate']);
  });

  it('is off, unless it is turned on', async () => {
    const control = moving(1, 2);
    const [candidate] = (await new Laboratory().resultOf({ control, candidate: () => 2 })).candidates;
    expect(control).toHaveBeenCalledTimes(1);
    expect(candidate?.outcome).toBe('mismatched');
    expect(candidate !== undefined && Object.hasOwn(candidate, 'drifted')).toBe(false);
  });

  it('changes nothing if the control gives what it gave, or something else, or fails', async () => {
    for (const again of [1, 3, failing('again'), () => Promise.reject(new Error('again'))]) {
      expect(await outcomes({ control: moving(1, again), candidate: () => 2 })).toEqual([['mismatched', undefined]]);
    }
  });

  it('changes nothing if the control takes too long, and waits no longer than for a candidate', async () => {
    const never = () => new Promise(() => {});
    expect(await outcomes({ control: moving(1, never), candidate: () => 2, timeout: 20 })).toEqual([['mismatched', undefined]]);
  });

  it('runs no control after a match, a difference that is ignored, or a candidate that timed out', async () => {
    for (const more of [
      { candidate: () => 1 },
      { ignore: () => true },
      { candidate: () => new Promise(() => {}), timeout: 10 },
    ]) {
      const control = moving(1, 2);
      await outcomes({ control, candidate: () => 2, ...more });
      expect(control).toHaveBeenCalledTimes(1);
    }
  });

  it('sees that a candidate threw what the control throws by now, or gave what it gives by now in place of its error', async () => {
    expect(await outcomes({ control: moving(1, failing('gone')), candidate: failing('gone') })).toEqual([['ignored', true]]);
    expect(await outcomes({ control: moving(1, failing('gone')), candidate: failing('other') })).toEqual([
      ['errored', undefined],
    ]);
    expect(await outcomes({ control: moving(failing('not yet'), 2), candidate: () => 2 })).toEqual([['ignored', true]]);
  });

  it('changes nothing if the control agrees with the candidate once, and not again', async () => {
    const control = moving(1, 2, 1);
    expect(await outcomes({ control, candidate: () => 2 })).toEqual([['mismatched', undefined]]);
    expect(control).toHaveBeenCalledTimes(3);
    expect(await outcomes({ control: moving(1, 3), candidate: () => 2 })).toEqual([['mismatched', undefined]]);
  });

  it('forgives the control, where it is compared with itself, what it forgives candidates', async () => {
    const again = async (...values: number[]) => {
      const laboratory = new Laboratory();
      await laboratory.resultOf({
        mode: 'serial',
        order: 'controlFirst',
        recheck: true,
        noise: 100,
        control: moving(...values),
        candidate: () => 1,
      });
      return laboratory.repeated.map((run) => [run.again.outcome, run.again.drifted]);
    };
    expect(await again(1, 2, 2, 2)).toEqual([['ignored', true]]);
    expect(await again(1, 2, 2, 1)).toEqual([['mismatched', undefined]]);
    expect(await again(1, 2, 1, 2)).toEqual([['mismatched', undefined]]);
  });

  it('serves all candidates of a call with the same two runs', async () => {
    const control = moving(1, 2);
    const candidates = { first: () => 2, second: () => 3, third: () => 1, fourth: () => 2 };
    expect(await outcomes({ control, candidates })).toEqual([
      ['ignored', true],
      ['mismatched', undefined],
      ['matched', undefined],
      ['ignored', true],
    ]);
    expect(control).toHaveBeenCalledTimes(3);
  });

  it('compares by the experiment’s own rules', async () => {
    const near = { compare: (one: number, other: number) => Math.abs(one - other) < 0.5 };
    expect(await outcomes({ control: moving(1, 2.1), candidate: () => 2, ...near })).toEqual([['ignored', true]]);
    const control = moving({ a: 1, at: 1 }, { a: 2, at: 2 });
    expect(await outcomes({ control, candidate: () => ({ a: 2, at: 3 }), ignorePaths: ['$.at'] })).toEqual([['ignored', true]]);
  });

  it('compares what Observables emit', async () => {
    const laboratory = new Laboratory();
    const control = moving(
      () => of(1),
      () => of(2),
    );
    const given: Given = { recheck: true, control, candidate: () => of(2) };
    expect(await lastValueFrom(laboratory.call(given) as Observable<unknown>)).toBe(1);
    await laboratory.settled();
    expect(laboratory.results[0]?.candidates[0]?.drifted).toBe(true);
  });

  it('gives the control its this, and the arguments as the call came with them', async () => {
    const self = { unit: 'm' };
    const seen: unknown[] = [];
    const control = function (this: unknown, list: unknown[]) {
      seen.push([this, [...list]]);
      list.push('by the control');
      return seen.length;
    };
    const candidates = { one: (list: unknown[]) => list.push('by one'), two: (list: unknown[]) => list.push('by two') + 5 };
    const args = [['argument']];
    await new Laboratory().resultOf({ recheck: true, control, candidates }, self, ...args);
    expect(seen).toEqual([
      [self, ['argument']],
      [self, ['argument']],
      [self, ['argument']],
    ]);
    expect(args).toEqual([['argument', 'by the control']]);
  });

  it('runs the control where current() says so, and no experiment of that name within', async () => {
    const laboratory = new Laboratory();
    const seen: unknown[] = [];
    const given: Given = {
      recheck: true,
      control: () => {
        const current = laboratory.registry.candidate();
        seen.push(current && { experiment: current.experiment, candidate: current.candidate });
        if (seen.length > 1) return laboratory.call({ control: () => 2, candidate: () => expect.unreachable() });
        return 1;
      },
      candidate: () => 2,
    };
    const result = await laboratory.resultOf(given);
    const rerun = { experiment: 'experiment', candidate: 'control' };
    expect(seen).toEqual([undefined, rerun, rerun]);
    expect(result.candidates[0]?.drifted).toBe(true);
    expect(laboratory.results).toHaveLength(1);
  });

  it.each(MODES)('never reaches or delays the caller in %s mode', async (mode) => {
    const laboratory = new Laboratory();
    const again = deferred();
    const hanging = () => again.promise;
    for (const wrap of [(value: unknown) => value, (value: unknown) => Promise.resolve(value)]) {
      const control = moving(() => wrap(1), hanging);
      const given = laboratory.call({ mode, recheck: true, control, candidate: () => 2 });
      expect(await given).toBe(1);
      expect(control).toHaveBeenCalledTimes(1);
    }
    again.resolve();
    await laboratory.settled();
    expect(laboratory.results).toHaveLength(2);
  });

  it('decides what raiseOnMismatch raises', async () => {
    const laboratory = new Laboratory();
    const raising = (control: Given['control']): Given => ({
      raiseOnMismatch: true,
      recheck: true,
      control: control as never,
      candidate: () => 2,
    });
    expect(laboratory.call(raising(moving(1, 2)))).toBe(1);
    expect(() => laboratory.call(raising(moving(1, 3)))).toThrow(MismatchError);
    const later = (value: number) => () => Promise.resolve(value);
    await expect(laboratory.call(raising(moving(later(1), later(2))))).resolves.toBe(1);
    await expect(laboratory.call(raising(moving(later(1), later(3))))).rejects.toThrow(MismatchError);
  });

  it('needs a place among the candidates in flight, and does not wait for one', async () => {
    const laboratory = new Laboratory();
    const { slots } = laboratory.runner().state;
    const control = moving(1, 2);
    const given: Given = { recheck: true, maxConcurrent: 1, control, candidate: () => 2 };
    // The place is taken between the comparison and the second run.
    const taken = await laboratory.resultOf({ ...given, ignore: () => (void slots.take(1, 0), false) });
    expect(control).toHaveBeenCalledTimes(1);
    expect(taken.candidates[0]?.outcome).toBe('mismatched');
    slots.free();
    for (let call = 0; call < 3; call += 1) {
      const free = await laboratory.resultOf({ ...given, control: moving(1, () => Promise.resolve(2)) });
      expect(free.candidates[0]?.drifted).toBe(true);
    }
  });

  it('starts nothing once the application stops, and is waited for when it has started', async () => {
    const laboratory = new Laboratory();
    const again = deferred();
    const control = moving(1, () => again.promise.then(() => 2));
    laboratory.call({ recheck: true, control, candidate: () => 2 });
    await vi.waitFor(() => expect(control).toHaveBeenCalledTimes(2));
    const idle = vi.fn();
    void laboratory.registry.activity.whenIdle().then(idle);
    await new Promise((resolve) => setImmediate(resolve));
    expect(idle).not.toHaveBeenCalled();
    again.resolve();
    await vi.waitFor(() => expect(idle).toHaveBeenCalled());
    expect(laboratory.results[0]?.candidates[0]?.drifted).toBe(true);

    const late = moving(1, 2);
    laboratory.call({
      recheck: true,
      control: late,
      candidate: () => 2,
      ignore: () => (void laboratory.registry.activity.stop(100), false),
    });
    await laboratory.settled();
    expect(late).toHaveBeenCalledTimes(1);
    expect(laboratory.results[1]?.candidates[0]?.outcome).toBe('mismatched');
  });

  it('frees the stream that it got, and no other', async () => {
    const streams: Readable[] = [];
    const compare = vi.fn(() => false);
    const control = () => {
      const stream = Readable.from(['a']);
      streams.push(stream);
      return stream;
    };
    await new Laboratory({ late: true }).resultOf({ recheck: true, compare, control, candidate: () => Readable.from(['a']) });
    await vi.waitFor(() => expect(streams[1]?.destroyed).toBe(true));
    expect(streams[0]?.destroyed).toBe(false);
  });
});
