import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sketch, type SketchContent } from '../../lib/recording/tallies/quantile-sketch.js';
import { evidenceAbove, evidenceBelow } from '../../lib/reports/statistics/evidence.js';
import { evidenceOfClarity, evidenceOfExcess } from '../../lib/reports/statistics/paired-evidence.js';
import { computeSpeedup } from '../../lib/recording/tallies/speedup.js';
import { intervalOf } from '../../lib/reports/statistics/interval.js';
import { chance } from '../support/chance.js';

const TARGET = 0.001;
const ENOUGH = Math.log(1 / 0.05);

describe('the interval of a share', () => {
  const counts = fc.integer({ min: 1, max: 1_000_000 }).chain((trials) => fc.tuple(fc.nat(trials), fc.constant(trials)));

  it('holds the estimate, ends at 0 and 1 where all trials agree, and is the same for what succeeds and what fails', () => {
    fc.assert(
      fc.property(counts, ([successes, trials]) => {
        const interval = intervalOf(successes, trials);
        const mirrored = intervalOf(trials - successes, trials);
        if (interval === null || mirrored === null) throw new Error('There are trials.');
        const { estimate, low, high } = interval;
        expect(estimate).toBe(successes / trials);
        expect(low).toBeLessThanOrEqual(estimate);
        expect(high).toBeGreaterThanOrEqual(estimate);
        if (successes === 0) expect(low).toBe(0);
        if (successes === trials) expect(high).toBe(1);
        expect([1 - mirrored.high, 1 - mirrored.low]).toEqual([expect.closeTo(low, 6), expect.closeTo(high, 6)]);
      }),
    );
    expect(intervalOf(0, 0)).toBeNull();
  });

  it('narrows with the number of trials, nearly as one for a single look does', () => {
    fc.assert(
      fc.property(counts, ([successes, trials]) => {
        const { estimate, low, high } = intervalOf(successes, trials) ?? { estimate: 0, low: 0, high: 1 };
        const once = 2 * 1.96 * Math.sqrt((estimate * (1 - estimate) + 4 / trials) / trials);
        expect(high - low).toBeLessThan(3 * once);
      }),
    );
  });

  it('holds at every look: it ever leaves out the true rate in fewer than 5 % of experiments', { timeout: 60_000 }, () => {
    const random = chance(20_261_129);
    for (const rate of [0.002, 0.3, 0.97]) {
      let wrong = 0;
      for (let experiment = 0; experiment < 100; experiment += 1) {
        let successes = 0;
        let isWrong = false;
        for (let trials = 1; trials <= 1_000 && !isWrong; trials += 1) {
          if (random() < rate) successes += 1;
          if (trials % 20 > 0) continue;
          const { low, high } = intervalOf(successes, trials) ?? { low: 0, high: 1 };
          isWrong = low > rate || high < rate;
        }
        if (isWrong) wrong += 1;
      }
      expect(wrong / 100).toBeLessThan(0.05);
    }
  });

  it('is 0 to 0.134 % where 3,253 of 3,253 runs did not differ, of which the verdict says that fewer than 0.1 % do', () => {
    expect(intervalOf(0, 3_253)?.high).toBeCloseTo(0.00134, 5);
  });
});

describe('the evidence of a rate below the target', () => {
  it('is enough after 3 232 runs without a difference, and not after one fewer', () => {
    expect(evidenceBelow(3_232, 0, TARGET)).toBeGreaterThanOrEqual(ENOUGH);
    expect(evidenceBelow(3_231, 0, TARGET)).toBeLessThan(ENOUGH);
  });

  it('begins with nothing, and comes to enough for a rate of zero whatever the target', () => {
    expect(evidenceBelow(0, 0, TARGET)).toBeCloseTo(0, 12);
    for (const target of [0.000001, 0.01, 0.5]) expect(evidenceBelow(10 / target, 0, target)).toBeGreaterThan(ENOUGH);
  });
});

describe('the evidence of a rate above the target', () => {
  it('is enough when five times as many calls differ', () => {
    expect(evidenceAbove(5_000, 25, TARGET)).toBeGreaterThan(ENOUGH);
    expect(evidenceAbove(5_000, 5, TARGET)).toBeLessThan(ENOUGH);
  });
});

describe('the speedup', () => {
  it('is a factor: positive where the candidate is faster, negative where it is slower, none for a time of 0', () => {
    expect(computeSpeedup(10, 5)).toBe(2);
    expect(computeSpeedup(5, 10)).toBe(-2);
    expect(computeSpeedup(5, 5)).toBe(1);
    expect(computeSpeedup(0, 5)).toBeUndefined();
    expect(computeSpeedup(5, 0)).toBeUndefined();
  });
});

describe('a sketch', () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 });
  const sketchOf = (some: readonly number[]) => {
    const sketch = new Sketch();
    for (const value of some) sketch.add(value);
    return sketch;
  };
  const nearestRank = (some: readonly number[], percent: number) =>
    [...some].sort((a, b) => a - b)[Math.max(Math.ceil((percent / 100) * some.length), 1) - 1] ?? NaN;

  it('gives percentiles by nearest rank, at most 1 % off', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 100 }), (some, percent) => {
        const exact = nearestRank(some, percent);
        const given = sketchOf(some).percentile(percent) ?? NaN;
        expect(Math.abs(given - exact)).toBeLessThanOrEqual(Math.abs(exact) * 0.01 + 1e-4);
      }),
    );
  });

  it.each([
    [[15, 20, 35, 40, 50], { 5: 15, 30: 20, 40: 20, 50: 35, 100: 50 }],
    [[3, 6, 7, 8, 8, 10, 13, 15, 16, 20], { 25: 7, 50: 8, 75: 15, 100: 20 }],
    [[3, 6, 7, 8, 8, 9, 10, 13, 15, 16, 20], { 25: 7, 50: 9, 75: 15, 100: 20 }],
  ])('gives the percentiles of %j that Wikipedia works out by nearest rank', (some, percentiles) => {
    for (const [percent, exact] of Object.entries(percentiles)) {
      const given = sketchOf(some).percentile(Number(percent)) ?? NaN;
      expect(Math.abs(given - exact)).toBeLessThanOrEqual(exact * 0.01);
    }
  });

  it('is the same from JSON, and merged from parts', () => {
    fc.assert(
      fc.property(values, values, (some, others) => {
        const whole = sketchOf([...some, ...others]);
        const merged = Sketch.from(JSON.parse(JSON.stringify(sketchOf(some).toContent())) as SketchContent); // it was one
        merged.merge(Sketch.from(sketchOf(others).toContent()));
        expect(merged.toContent()).toEqual(whole.toContent());
      }),
    );
  });

  it('has no percentile without values', () => {
    expect(new Sketch().percentile(50)).toBeUndefined();
  });
});

describe('the evidence that a candidate differs more often than the control from itself', () => {
  /** How often something happens in some runs, drawn with a share. */
  const drawn = (random: () => number, runs: number, share: number) => {
    let differences = 0;
    for (let run = 0; run < runs; run += 1) if (random() < share) differences += 1;
    return differences;
  };
  const none = { pairs: 0, varied: 0, worse: 0, better: 0, newWorse: 0, newBetter: 0 };

  it('ever reaches 20 in at most 5 % of experiments with identical code, or with an excess of the target', () => {
    const random = chance(7);
    for (const [noise, excess] of [
      [0.002, 0],
      [0.01, 0],
      [0.1, 0],
      [0.3, 0],
      [0.1, 0.001],
      [0.001, 0.001],
    ] as const) {
      const experiments = 400;
      let ever = 0;
      for (let experiment = 0; experiment < experiments; experiment += 1) {
        const counted = { ...none };
        for (let look = 0; look < 200; look += 1) {
          const [again, candidate] = [drawn(random, 20, noise), drawn(random, 20, noise + excess)];
          counted.pairs += 20;
          // Of those that differ, most differ alone.
          counted.worse += candidate;
          counted.better += again;
          counted.newWorse += candidate;
          counted.newBetter += again;
          if (evidenceOfExcess(counted, 0.001) < Math.log(20)) continue;
          ever += 1;
          break;
        }
      }
      // A binomial distribution of 400 experiments at 5 % is above 34 in one case of a thousand.
      expect(ever).toBeLessThanOrEqual(34);
    }
  });

  it('is the same for the sums of processes, and grows quickly where the candidate alone differs', () => {
    expect(evidenceOfExcess(none, 0.001)).toBeCloseTo(0, 12);
    expect(evidenceOfExcess({ ...none, pairs: 8, worse: 8 }, 0.001)).toBeGreaterThan(Math.log(20));
    expect(evidenceOfExcess({ ...none, pairs: 8, newWorse: 8 }, 0.001)).toBeGreaterThan(Math.log(20));
    expect(evidenceOfExcess({ ...none, pairs: 700, worse: 20, better: 20 }, 0.001)).toBeLessThan(0);
  });

  it('says that little hides in noise only by what differs while the control agrees with itself', () => {
    expect(evidenceOfClarity(4_000, 0, undefined, 0.001)).toBe(evidenceBelow(4_000, 0, 0.001));
    expect(evidenceOfClarity(4_000, 400, undefined, 0.001)).toBeLessThan(-100);
    const pairs = { ...none, pairs: 10_000, varied: 1_000, better: 1_000 };
    expect(evidenceOfClarity(10_000, 1_000, pairs, 0.001)).toBeGreaterThan(Math.log(20));
    // A candidate that is less noisy than the control is no excuse for what it differs in.
    expect(evidenceOfClarity(10_000, 1_000, { ...pairs, worse: 20 }, 0.001)).toBeLessThan(Math.log(20));
    // A control that never agrees with itself says nothing.
    expect(evidenceOfClarity(10_000, 9_000, { ...pairs, varied: 10_000 }, 0.001)).toBeLessThan(0);
  });
});
