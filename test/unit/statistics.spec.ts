import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sketch, type SketchContent } from '../../lib/recording/tallies/quantile-sketch.js';
import { evidenceAbove, evidenceBelow } from '../../lib/reports/statistics/evidence.js';
import { noiseMargin } from '../../lib/reports/statistics/noise.js';
import { computeSpeedup } from '../../lib/recording/tallies/speedup.js';
import { wilson } from '../../lib/reports/statistics/wilson.js';
import { chance } from '../support/chance.js';

const TARGET = 0.001;
const ENOUGH = Math.log(1 / 0.05);

describe('the Wilson interval', () => {
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i is the published one (Newcombe, 1998)', (successes, trials, low, high) => {
    const interval = wilson(successes, trials);
    expect(interval?.estimate).toBe(successes / trials);
    expect(interval?.low).toBeCloseTo(low, 4);
    expect(interval?.high).toBeCloseTo(high, 4);
  });

  it('ends at 0 and 1 where all trials agree, and is not there without trials', () => {
    expect(wilson(0, 10)?.low).toBe(0);
    expect(wilson(10, 10)?.high).toBe(1);
    expect(wilson(0, 0)).toBeNull();
  });
});

describe('the evidence of a rate below the target', () => {
  it('is enough after 3 229 runs without a difference, and not after one fewer', () => {
    expect(evidenceBelow(3_229, 0, TARGET)).toBeGreaterThanOrEqual(ENOUGH);
    expect(evidenceBelow(3_228, 0, TARGET)).toBeLessThan(ENOUGH);
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

describe('the margin of noise', () => {
  /** How often something happens in some runs, drawn with a share. */
  const drawn = (random: () => number, runs: number, share: number) => {
    let differences = 0;
    for (let run = 0; run < runs; run += 1) if (random() < share) differences += 1;
    return differences;
  };

  it('is there only where enough was measured, and nothing is worse', () => {
    const noise = { runs: 1_000, differences: 100 };
    expect(noiseMargin({ runs: 10_000, differences: 1_000 }, noise)).toBeCloseTo(0.0298, 4);
    expect(noiseMargin({ runs: 10_000, differences: 1_300 }, noise)).toBeUndefined();
    expect(noiseMargin({ runs: 10_000, differences: 1_000 }, { runs: 99, differences: 10 })).toBeUndefined();
    expect(noiseMargin({ runs: 10_000, differences: 1_000 }, { runs: 200, differences: 20 })).toBeUndefined();
    expect(noiseMargin({ runs: 10_000, differences: 10 }, { runs: 4_000, differences: 4 })).toBeUndefined();
    expect(noiseMargin({ runs: 0, differences: 0 }, noise)).toBeUndefined();
    expect(noiseMargin({ runs: 10, differences: 10 }, { runs: 1_000, differences: 1_000 })).toBe(0);
  });

  it('is hardly ever smaller than by how much a candidate is worse, looked at again and again', { timeout: 60_000 }, () => {
    const random = chance(7);
    let wrong = 0;
    const experiments = 400;
    for (let experiment = 0; experiment < experiments; experiment += 1) {
      const [noise, worse] = [0.02 + random() * 0.3, random() * 0.05];
      const [candidate, control] = [
        { runs: 0, differences: 0 },
        { runs: 0, differences: 0 },
      ];
      let isWrong = false;
      for (let look = 0; look < 40; look += 1) {
        candidate.runs += 500;
        candidate.differences += drawn(random, 500, noise + worse);
        control.runs += 50;
        control.differences += drawn(random, 50, noise);
        const margin = noiseMargin(candidate, control);
        isWrong ||= margin !== undefined && margin < worse;
      }
      if (isWrong) wrong += 1;
    }
    expect(wrong / experiments).toBeLessThan(0.05);
  });
});
