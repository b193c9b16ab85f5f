import { describe, expect, it } from 'vitest';
import { evidenceAbove, evidenceBelow } from '../../lib/reports/statistics/evidence.js';
import { chance } from '../support/chance.js';

const TARGET = 0.001;
const RUNS = 20_000;
const ENOUGH = Math.log(1 / 0.05);
const EXPERIMENTS = 1_000;

/** The largest share of these experiments that chance explains where 5 % is the truth: three standard errors more. */
const FIVE_PERCENT = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / EXPERIMENTS);

/** In which share of experiments with the target as their true rate something is ever said, looked at after every run. */
function everSaid(says: (runs: number, differences: number) => boolean, experiments: number): number {
  const random = chance(20_261_124);
  const said = new Map<number, boolean>();
  const saidBefore = (runs: number, differences: number) => {
    const key = runs * 1_000 + differences;
    const known = said.get(key) ?? says(runs, differences);
    said.set(key, known);
    return known;
  };
  let ever = 0;
  for (let experiment = 0; experiment < experiments; experiment += 1) {
    let differences = 0;
    for (let runs = 1; runs <= RUNS; runs += 1) {
      if (random() < TARGET) differences += 1;
      if (!saidBefore(runs, differences)) continue;
      ever += 1;
      break;
    }
  }
  return ever / experiments;
}

describe('the evidence of a rate below the target', () => {
  it('is wrongly enough in no more than 5 % of experiments that are looked at all the time', { timeout: 60_000 }, () => {
    const wrong = everSaid((runs, differences) => evidenceBelow(runs, differences, TARGET) >= ENOUGH, EXPERIMENTS);
    expect(wrong).toBeGreaterThan(0);
    expect(wrong).toBeLessThan(FIVE_PERCENT);
  });

  it('is needed: an interval for one look is wrong more often than it says', { timeout: 60_000 }, () => {
    const z = 1.6448536269514722;
    const high = (runs: number, k: number) => {
      const p = k / runs;
      return (p + z ** 2 / (2 * runs) + z * Math.sqrt((p * (1 - p)) / runs + z ** 2 / (4 * runs ** 2))) / (1 + z ** 2 / runs);
    };
    expect(everSaid((runs, differences) => high(runs, differences) < TARGET, EXPERIMENTS)).toBeGreaterThan(0.1);
  });
});

describe('the evidence of a rate above the target', () => {
  it('is wrongly enough in no more than 5 % of experiments that are looked at all the time', { timeout: 60_000 }, () => {
    expect(everSaid((runs, differences) => evidenceAbove(runs, differences, TARGET) >= ENOUGH, EXPERIMENTS)).toBeLessThan(
      FIVE_PERCENT,
    );
  });
});
