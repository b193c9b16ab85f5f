import { describe, expect, it } from 'vitest';
import type { Timeline } from '../../../page/api/timeline.js';
import { densityOf, zerosOf } from '../../../page/charts/density.js';
import { periodsOf } from '../../../page/charts/periods.js';
import { factorAt, heightOf, ticksBetween } from '../../../page/charts/speedup.scale.js';
import { DIFFERING, FROM_TOP, stackOf } from '../../../page/charts/stack.js';
import { OUTCOMES } from '../../../page/api/summary.js';
import { bars } from '../../../page/list/sparkline.shape.js';

const MINUTE = 60_000;
const NOW = Date.parse('2025-11-25T12:00:30Z');

function timeline(minutesAgo: readonly number[], counts: Timeline['points'][number]['candidates'][number]['counts']): Timeline {
  const points = minutesAgo.map((minutes) => ({
    at: new Date(Math.floor(NOW / MINUTE) * MINUTE - minutes * MINUTE).toISOString(),
    skipped: {},
    candidates: [{ name: 'v2', counts, mismatchRate: null }],
  }));
  return { name: 'search', span: 'hour', step: MINUTE, points };
}

describe('The periods of a timeline', () => {
  it('are all up to now, also those in which nothing was counted', () => {
    const periods = periodsOf(timeline([59, 3, 0], { matched: 2 }), 'v2', NOW);
    expect(periods).toHaveLength(60);
    expect(periods.flatMap(({ counts }, index) => (counts.matched === 2 ? [index] : []))).toEqual([0, 56, 59]);
    expect(periods.map(({ at }) => at)).toEqual(
      Array.from({ length: 60 }, (_, index) => Date.parse('2025-11-25T11:01:00Z') + index * MINUTE),
    );
  });

  it('end with the newest that was counted where the server is ahead', () => {
    const periods = periodsOf(timeline([-1], { matched: 2 }), 'v2', NOW);
    expect(periods.at(-1)?.counts).toEqual({ matched: 2 });
  });

  it('are empty of a candidate that is not there', () => {
    expect(periodsOf(timeline([0], { matched: 2 }), 'v3', NOW).every(({ counts }) => Object.keys(counts).length === 0)).toBe(
      true,
    );
  });

  it('are stacked from the top', () => {
    const periods = [{ at: 0, counts: { matched: 10, mismatched: 3, timedOut: 1 }, mismatchRate: null }];
    expect(FROM_TOP).toEqual(['timedOut', 'errored', 'mismatched', 'ignored', 'matched']);
    expect(stackOf(periods, OUTCOMES)).toEqual([[14], [13], [13], [10], [10]]);
    expect(stackOf(periods, DIFFERING)).toEqual([[4], [3], [3], [0], [0]]);
  });
});

describe('Two distributions', () => {
  const control = {
    count: 10,
    p50: 1,
    p95: 1,
    p99: 1,
    bins: [
      { from: 0, to: 0, count: 5 },
      { from: 1, to: 10, count: 5 },
    ],
  };
  const candidate = {
    count: 4,
    p50: 1,
    p95: 1,
    p99: 1,
    bins: [
      { from: 0.1, to: 1, count: 1 },
      { from: 10, to: 100, count: 3 },
    ],
  };

  it('are brought onto the same edges, as shares of all per decade', () => {
    expect(densityOf(control, candidate)).toEqual({
      edges: [0.1, 1, 10, 100],
      control: [0, 0.5, 0, null],
      candidate: [0.25, 0, 0.75, 0],
    });
  });

  it('tell how many took no time', () => {
    expect([zerosOf(control), zerosOf(candidate), zerosOf(null)]).toEqual([5, 0, 0]);
  });

  it('that are not there have no edges', () => {
    expect(densityOf(null, null)).toEqual({ edges: [], control: [], candidate: [] });
  });
});

describe('The axis of speedups', () => {
  it('has faster as far up as slower is down', () => {
    expect([heightOf(10), heightOf(-10), heightOf(1), heightOf(-1)].map((height) => height + 0)).toEqual([1, -1, 0, 0]);
    expect([factorAt(2), factorAt(-1)]).toEqual([100, -10]);
  });

  it('is labelled at round factors, and not at too many', () => {
    expect(ticksBetween(-0.4, 1.1).map((height) => Math.round(factorAt(height)))).toEqual([-2, 1, 2, 5, 10]);
    expect(ticksBetween(-1, 3).map((height) => Math.round(factorAt(height)))).toEqual([-10, 1, 10, 100, 1000]);
  });
});

describe('The last hour as a line', () => {
  it('draws nothing of nothing, and all that is above', () => {
    expect(bars([0, 0], 1)).toBe('');
    expect(bars([1, 0, 1_000_000], 1_000_000).match(/M/g)).toHaveLength(2);
  });
});
