import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PairedSpeed } from '../../lib/recording/evidence/paired-speed.js';
import { computeSpeedup } from '../../lib/recording/tallies/speedup.js';
import { chance } from '../support/chance.js';

const speedOf = (runs: readonly (readonly [first: number, again: number, candidate: number])[]): PairedSpeed => {
  const speed = new PairedSpeed();
  for (const [first, again, candidate] of runs) speed.observe({ first, again, candidate });
  return speed;
};

describe('the speed of a candidate', () => {
  it('is that beside the second call of the control, whatever the first one took', () => {
    const speed = speedOf(Array.from({ length: 100 }, () => [40, 10, 20] as const));
    expect(speed.speedup?.estimate).toBeCloseTo(0.5, 1);
    expect(speed.total).toBe(0.5);
    expect(speed.warmUp).toBe(4);
    expect(speedOf([]).speedup).toBeUndefined();
  });

  it('has an interval that holds the true median in about 95 of 100 experiments', () => {
    const random = chance(11);
    let held = 0;
    for (let experiment = 0; experiment < 500; experiment += 1) {
      const { low = 0, high = 0 } =
        speedOf(Array.from({ length: 150 }, () => [9, 10 ** (2 * random()), 10 ** (2 * random())] as const)).speedup ?? {};
      if (low <= 1 && high >= 1) held += 1;
    }
    // A binomial distribution of 500 at 95 % is below 457 in one case of a thousand.
    expect(held).toBeGreaterThan(457);
  });

  it('is the same from the sums of processes, also as they were stored, and within 6 % of the exact median', () => {
    const duration = fc.double({ min: 0.01, max: 1_000, noNaN: true });
    const list = fc.array(fc.tuple(duration, duration, duration), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(list, fc.nat(), (runs, cut) => {
        const all = speedOf(runs);
        const sum = PairedSpeed.from(JSON.parse(JSON.stringify(speedOf(runs.slice(0, cut)).toContent())) as never);
        sum.add(speedOf(runs.slice(cut)));
        expect(sum.speedup).toEqual(all.speedup);
        expect(sum.pairs).toBe(runs.length);
        expect(sum.total).toBeCloseTo(all.total, 6);
        const ratios = runs.map(([, again, candidate]) => again / candidate).sort((a, b) => a - b);
        const median = Math.min(Math.max(ratios[Math.floor((runs.length - 1) / 2)] ?? 1, 1 / 20), 20);
        const found = Math.min(Math.max(all.speedup?.estimate ?? 0, 1 / 20), 20);
        expect(Math.abs(Math.log(found / median))).toBeLessThan(0.07);
        expect(all.speedup?.low).toBeLessThanOrEqual(all.speedup?.estimate ?? 0);
        expect(all.speedup?.high).toBeGreaterThanOrEqual(all.speedup?.estimate ?? 0);
      }),
    );
  });

  it('is not measured below 5 µs, where a ratio says nothing', () => {
    expect(
      speedOf([
        [1, 0.004, 1],
        [1, 1, 0.004],
      ]).speedup,
    ).toBeUndefined();
    expect([computeSpeedup(0.004, 1), computeSpeedup(1, 0.004), computeSpeedup(2, 1)]).toEqual([undefined, undefined, 2]);
  });
});
