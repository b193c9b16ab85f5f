import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Task } from '../../lib/base/event-loop-turn.js';
import { Slices, type Sliceable } from '../../lib/comparing/slices.js';
import { Laboratory, type Given } from './harness.js';

describe('work in slices', () => {
  let now = 0;
  let cpu = 0;
  let later: Task[] = [];
  const slices = () => new Slices({ later: (task) => later.push(task) });
  /** Lets a turn of the event loop pass, and gives how many ms it took. */
  const turn = () => {
    const begun = now;
    for (const task of later.splice(0)) task.work();
    return now - begun;
  };
  /** Work of so many pieces, each of which takes some ms. */
  const work = (pieces: number, each = 1, rests = false): Sliceable<string> & { left: number; isResting: boolean } => ({
    left: pieces,
    isResting: false,
    advance() {
      this.isResting = rests;
      now += each;
      cpu += each;
      this.left -= 1;
      return this.left > 0 ? undefined : 'done';
    },
    takeRest() {
      const { isResting } = this;
      this.isResting = false;
      return isResting;
    },
  });

  beforeEach(() => {
    [now, cpu, later] = [0, 0, []];
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    vi.spyOn(process, 'cpuUsage').mockImplementation((before) => ({ user: cpu * 1_000 - (before?.user ?? 0), system: 0 }));
  });

  afterEach(() => vi.restoreAllMocks());

  it('is done at once if it is done in one', () => {
    expect(slices().run(work(2), { left: 100 })).toBe('done');
  });

  it('is gone on with in later turns, none of which it keeps for long', async () => {
    const made = slices().run(work(20), { left: 100 });
    expect(made).toBeInstanceOf(Promise);
    expect(now).toBeLessThanOrEqual(3);
    while (later.length > 0) expect(turn()).toBeLessThanOrEqual(4);
    expect(await made).toBe('done');
  });

  it('of many takes no longer in one turn than of one', async () => {
    const shared = slices();
    const all = Array.from({ length: 50 }, () => shared.run(work(2), { left: 100 }));
    expect(now).toBeLessThanOrEqual(4);
    while (later.length > 0) expect(turn()).toBeLessThanOrEqual(4);
    expect(await Promise.all(all.map((one) => Promise.resolve(one)))).toEqual(Array.from({ length: 50 }, () => 'done'));
  });

  it('that is done at once leaves little of the turn to others, and turns that have nothing to do end', () => {
    const shared = slices();
    expect(shared.run(work(3), { left: 100 })).toBe('done');
    expect(shared.run(work(1), { left: 100 })).toBeInstanceOf(Promise);
    turn();
    turn();
    expect(later).toEqual([]);
    expect(shared.run(work(1), { left: 100 })).toBe('done');
  });

  it('is given up when it takes more than its budget, which several pieces of work share', async () => {
    const shared = slices();
    const budget = { left: 10 };
    const made = shared.run(work(8), budget);
    while (later.length > 0) turn();
    expect(await made).toBe('done');
    const another = shared.run(work(8), budget);
    while (later.length > 0) turn();
    expect(await another).toBe('tooLarge');
  });

  it('is charged what it took of a processor, and not what it waited for one', async () => {
    const slow = work(200);
    const advance = slow.advance.bind(slow);
    slow.advance = (steps) => {
      now += 50;
      return advance(steps);
    };
    const made = slices().run(slow, { left: 300 });
    while (later.length > 0) turn();
    expect(await made).toBe('done');
  });

  it('begins a long piece in a turn of its own', () => {
    const made = slices().run(work(3, 0.1, true), { left: 100 });
    expect(made).toBeInstanceOf(Promise);
    expect([turn(), turn()].map((took) => took.toFixed(1))).toEqual(['0.1', '0.1']);
  });

  it('that can’t be divided says for how long it has kept the event loop', () => {
    const held = vi.fn();
    void new Slices({ later: (task) => later.push(task) }, held).run(work(3, 40), { left: 1_000 });
    while (later.length > 0) turn();
    expect(held.mock.calls.map(([duration]) => Number(duration))).toEqual([40, 40, 40]);
    expect(new Slices({ later: (task) => later.push(task) }, held).run(work(2, 1), { left: 100 })).toBe('done');
    expect(held).toHaveBeenCalledTimes(3);
  });

  it('is refused when much waits already', () => {
    const shared = slices();
    const all = Array.from({ length: 120 }, () => shared.run(work(10), { left: 100 }));
    expect(all.slice(0, 100).every((one) => one instanceof Promise)).toBe(true);
    expect(all.slice(100)).toEqual(Array.from({ length: 20 }, () => 'tooLarge'));
  });

  it('that fails rejects or throws, and others go on', async () => {
    const shared = slices();
    const failing = work(5);
    const advance = failing.advance.bind(failing);
    failing.advance = (steps) => {
      if (failing.left === 1) throw new Error('getter');
      return advance(steps);
    };
    const made = shared.run(failing, { left: 100 });
    const other = shared.run(work(5), { left: 100 });
    const caught = expect(made).rejects.toThrow('getter');
    while (later.length > 0) turn();
    await caught;
    expect(await other).toBe('done');
    failing.left = 1;
    expect(() => slices().run(failing, { left: 100 })).toThrow('getter');
  });

  it('is done in one piece where somebody waits for it', () => {
    expect(slices().run(work(50), { left: 100 }, true)).toBe('done');
    expect(slices().run(work(50), { left: 10 }, true)).toBe('tooLarge');
  });
});

describe('comparing a run', () => {
  const rows = (last: number) => [
    ...Array.from({ length: 50_000 }, (_, id) => ({ id, name: `name ${id}` })),
    { id: last, name: '' },
  ];
  const concluded = async (given: Given, laboratory = new Laboratory()) => {
    await laboratory.call({ isolate: 'none', compareBudget: 10_000, ...given });
    await laboratory.settled();
    return laboratory;
  };

  it('that takes several slices ends as one that takes none', async () => {
    const matched = await concluded({ control: () => rows(1), candidate: () => rows(1) });
    const mismatched = await concluded({ control: () => rows(1), candidate: () => rows(2) });
    expect([matched, mismatched].map(({ results }) => results.map((result) => result.candidates[0]?.outcome))).toEqual([
      ['matched'],
      ['mismatched'],
    ]);
  });

  it('that takes more than it may is skipped, and never a match', async () => {
    const laboratory = new Laboratory();
    for (const last of [1, 1, 2]) {
      await concluded({ control: () => rows(1), candidate: () => rows(last), compareBudget: 1 }, laboratory);
    }
    expect(laboratory.results).toEqual([]);
    expect(laboratory.skipped.get('tooLarge')).toBe(3);
    expect(laboratory.failures).toMatchObject([{ operation: 'compare', error: { code: 'TOO_LARGE' } }]);
  });

  it('looks for drift in slices, too', async () => {
    let last = 0;
    const laboratory = await concluded({
      control: () => rows((last = Math.min(last + 1, 2))),
      candidate: () => rows(2),
      recheck: true,
    });
    expect(laboratory.results[0]?.candidates[0]).toMatchObject({ outcome: 'ignored', drifted: true });
  });

  it('compares the control with itself in slices, too', async () => {
    const laboratory = await concluded({ control: () => rows(1), candidate: () => rows(1), noise: 100 });
    expect(laboratory.repeated.map(({ again }) => again.outcome)).toEqual(['matched']);
  });

  it('raises at once in a method that is synchronous, however much there is to compare', () => {
    const laboratory = new Laboratory();
    const given: Given = { control: () => rows(1), candidate: () => rows(2), raiseOnMismatch: true };
    expect(() => laboratory.call({ isolate: 'none', compareBudget: 10_000, ...given })).toThrow();
  });

  it('reports what an accessor throws after many slices, and calls it different', async () => {
    const failing = () => [
      ...rows(1),
      Object.defineProperty({}, 'a', {
        get: () => {
          throw new Error('late');
        },
        enumerable: true,
      }),
    ];
    const laboratory = await concluded({ control: failing, candidate: failing });
    expect(laboratory.results[0]?.candidates[0]?.outcome).toBe('mismatched');
    expect(laboratory.failures).toMatchObject([{ operation: 'compare', error: { message: 'late' } }]);
  });

  it('charges what the user’s functions take to giving way and to the guardrail', async () => {
    const laboratory = new Laboratory();
    const hold = vi.spyOn(laboratory.registry.eventLoop, 'hold');
    const watch = vi.spyOn(laboratory.runner().state, 'watch');
    const slow = (ms: number) => {
      const until = performance.now() + ms;
      while (performance.now() < until);
    };
    const compare = () => (slow(15), false);
    const ignore = () => (slow(5), false);
    await concluded({ control: () => 1, candidate: () => 2, compare, ignore }, laboratory);
    expect(Math.max(...hold.mock.calls.map(([duration]) => duration))).toBeGreaterThanOrEqual(15);
    expect(watch.mock.calls[0]?.[1].blocked).toBeGreaterThanOrEqual(20);
  });
});
