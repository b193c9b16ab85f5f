import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summariseDurations, type Distribution } from '../../lib/reports/durations.js';
import { Sketch } from '../../lib/recording/tallies/quantile-sketch.js';
import { Tally } from '../../lib/recording/tallies/tally.js';
import { EXPERIMENT_ITSELF } from '../../lib/recording/tallies/tally-row.js';

function tallyOf(control: readonly number[], candidate: readonly number[]): Tally {
  const tally = new Tally();
  for (const value of control) tally.control.add(value);
  for (const value of candidate) tally.candidate.add(value);
  return tally;
}

const distributionsOf = (...tallies: Tally[]): Distribution[] =>
  summariseDurations('search', new Map(tallies.map((tally, index) => [`v${index}`, tally]))).candidates.flatMap(
    ({ control, candidate }) => [control, candidate].filter((one) => one !== null),
  );

const durations = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-4, max: 1e8, noNaN: true })), {
  minLength: 1,
  maxLength: 200,
});

describe('durations', () => {
  it('are of each candidate and of the control beside it, by name, and null where nothing was measured', () => {
    const { name, candidates } = summariseDurations(
      'search',
      new Map([
        ['v2', tallyOf([1, 2], [4, 4])],
        [EXPERIMENT_ITSELF, tallyOf([5], [5])],
        ['v1', tallyOf([], [])],
      ]),
    );
    expect(name).toBe('search');
    expect(candidates.map((one) => [one.name, one.control?.count, one.candidate?.count])).toEqual([
      ['v1', undefined, undefined],
      ['v2', 2, 2],
    ]);
    expect(candidates[0]).toEqual({ name: 'v1', control: null, candidate: null });
    const [, { candidate } = { candidate: null }] = candidates;
    expect(candidate).toMatchObject({ p50: 4, p95: 4, p99: 4 });
    expect(candidate?.bins).toHaveLength(1);
  });

  it('tell the percentiles of the summary', () => {
    const values = Array.from({ length: 1_000 }, (_, index) => index + 1);
    const [distribution] = distributionsOf(tallyOf(values, values));
    expect(distribution?.p50).toBeCloseTo(500, -1);
    expect(distribution?.p95).toBeCloseTo(950, -2);
    expect(distribution?.p99).toBeCloseTo(990, -2);
  });

  it('have every value in a bin that it is in, to within one per cent, in at most 120 ascending bins', () => {
    fc.assert(
      fc.property(durations, durations, (control, candidate) => {
        for (const [index, { count, bins }] of distributionsOf(tallyOf(control, candidate)).entries()) {
          const values = index === 0 ? control : candidate;
          expect(bins.length).toBeLessThanOrEqual(120);
          expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(count);
          expect(bins.every((bin) => bin.count > 0 && bin.from < bin.to)).toBe(true);
          expect(bins.map(({ from }) => from)).toEqual(bins.map(({ from }) => from).sort((one, other) => one - other));
          for (const bin of bins) {
            const within = values.filter((value) => value >= bin.from * 0.999_999 && value <= bin.to * 1.000_001);
            expect(within.length).toBeGreaterThanOrEqual(bin.count);
          }
        }
      }),
    );
  });

  it('have a bin of their own for what took no time, and no other that begins at 0', () => {
    const [distribution] = distributionsOf(tallyOf([0, 0, 3], []));
    expect(distribution?.bins.map(({ from, count }) => [from === 0, count])).toEqual([
      [true, 2],
      [false, 1],
    ]);
    expect(distribution?.bins[0]?.to).toBeLessThan(0.001);
  });

  it('have bins of the same width in all of an experiment, so that they can be laid over each other', () => {
    const wide = Array.from({ length: 1_000 }, (_, index) => 1.02 ** index);
    const edges = new Set<string>();
    const ratios = new Set<string>();
    for (const { bins } of distributionsOf(
      tallyOf(wide, [3, 3.1, 200]),
      tallyOf(
        [7],
        wide.map((value) => value / 3),
      ),
    )) {
      for (const { from, to } of bins) {
        ratios.add((to / from).toFixed(6));
        edges.add((Math.log(from) / Math.log(to / from)).toFixed(6));
      }
    }
    expect(ratios.size).toBe(1);
    // They begin at whole multiples of their width.
    expect([...edges].every((edge) => edge.endsWith('.000000'))).toBe(true);
  });

  it('have the sketch’s own bins where these are few enough', () => {
    const sketch = new Sketch();
    for (const value of [10, 10.3, 10.6]) sketch.add(value);
    const [distribution] = distributionsOf(tallyOf([10, 10.3, 10.6], []));
    expect(distribution?.bins).toEqual(sketch.bins(1));
    expect(distribution?.bins).toHaveLength(3);
  });
});
