import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryRecordStorage } from '../../lib/recording/storage/memory/memory-record.storage.js';
import { ExperimentCharts } from '../../lib/reports/experiment-charts.js';
import { intervalOf } from '../../lib/reports/statistics/interval.js';
import { Tally } from '../../lib/recording/tallies/tally.js';
import { DAY, HOUR, MINUTE, periodStart, type TallyTier } from '../../lib/recording/tallies/period-tier.js';
import { timelineStart, SPANS, makeTimeline, type Layer, type Span } from '../../lib/reports/timeline.js';
import { experimentRow } from '../support/recording.js';
import type { TallyRow } from '../../lib/recording/tallies/tally-row.js';

const NOW = Date.UTC(2026, 10, 24, 12, 34, 56);
const HOUR_NOW = periodStart('hour', NOW);

const counts = (matched: number, mismatched = 0) => ({ matched, mismatched, ignored: 0, errored: 0, timedOut: 0 });

const counted = (startsAt: number, matched: number, mismatched = 0, candidate = 'v2', epoch = 1) => ({
  epoch,
  startsAt,
  candidate,
  runs: matched + mismatched,
  counts: counts(matched, mismatched),
});

const layer = (tier: TallyTier, rows: Layer['counted'], skipped: Layer['skipped'] = []): Layer => ({
  tier,
  counted: rows,
  skipped,
});

/** What of each point is matched by the candidate "v2", by time. */
const matchedIn = (layers: readonly Layer[], span: Span = 'day') =>
  makeTimeline('search', span, layers).points.map(({ at, candidates }) => [
    at.getTime(),
    candidates.find(({ name }) => name === 'v2')?.counts.matched,
  ]);

describe('a timeline', () => {
  it('has a point for each period in which something was counted, the oldest first', () => {
    const timeline = makeTimeline('search', 'hour', [
      layer(
        'minute',
        [counted(NOW, 8, 2), counted(NOW, 10, 0, ''), counted(NOW, 10, 0, 'v1'), counted(NOW - 3 * MINUTE, 1)],
        [
          { epoch: 1, startsAt: NOW, skipped: { runIf: 3 } },
          { epoch: 1, startsAt: NOW - 5 * MINUTE, skipped: { maxConcurrent: 1 } },
        ],
      ),
    ]);
    const candidate = (name: string, matched: number, mismatched = 0) => ({
      name,
      counts: counts(matched, mismatched),
      mismatchRate: intervalOf(mismatched, matched + mismatched),
    });
    expect(timeline).toEqual({
      name: 'search',
      span: 'hour',
      step: MINUTE,
      points: [
        { at: new Date(NOW - 5 * MINUTE), skipped: { maxConcurrent: 1 }, candidates: [] },
        { at: new Date(NOW - 3 * MINUTE), skipped: {}, candidates: [candidate('v2', 1)] },
        { at: new Date(NOW), skipped: { runIf: 3 }, candidates: [candidate('v1', 10), candidate('v2', 8, 2)] },
      ],
    });
  });

  it('adds the minutes of an hour up that is not kept as one yet', () => {
    const minutes = [counted(HOUR_NOW, 1), counted(HOUR_NOW + MINUTE, 2), counted(HOUR_NOW - 1, 4)];
    const skipped = [
      { epoch: 1, startsAt: HOUR_NOW, skipped: { runIf: 1 } },
      { epoch: 1, startsAt: HOUR_NOW + MINUTE, skipped: { runIf: 2, slow: 1 } },
    ];
    const layers = [layer('minute', minutes, skipped), layer('hour', [counted(HOUR_NOW - 5 * HOUR, 8)])];
    expect(matchedIn(layers)).toEqual([
      [HOUR_NOW - 5 * HOUR, 8],
      [HOUR_NOW - HOUR, 4],
      [HOUR_NOW, 3],
    ]);
    expect(makeTimeline('search', 'day', layers).points.at(-1)?.skipped).toEqual({ runIf: 3, slow: 1 });
  });

  it('counts nothing twice that is kept both as minutes and as an hour, while one is made of the other', () => {
    const minutes = [counted(HOUR_NOW, 1), counted(HOUR_NOW + MINUTE, 2)];
    expect(matchedIn([layer('minute', minutes), layer('hour', [counted(HOUR_NOW, 3)])])).toEqual([[HOUR_NOW, 3]]);
  });

  it('believes whichever has counted more, where minutes have come late for an hour that was made', () => {
    const late = layer('minute', [counted(HOUR_NOW, 1)]);
    expect(matchedIn([late, layer('hour', [counted(HOUR_NOW, 100)])])).toEqual([[HOUR_NOW, 100]]);
    expect(matchedIn([layer('minute', [counted(HOUR_NOW, 7)]), layer('hour', [counted(HOUR_NOW, 3)])])).toEqual([[HOUR_NOW, 7]]);
  });

  it('is of days in a quarter, with the hours and minutes that are not days yet', () => {
    const today = periodStart('day', NOW);
    const layers = [
      layer('minute', [counted(HOUR_NOW, 1)]),
      layer('hour', [counted(HOUR_NOW - HOUR, 2), counted(today - HOUR, 4), counted(today - DAY, 8)]),
      layer('day', [counted(today - 5 * DAY, 16)]),
    ];
    expect(matchedIn(layers, 'quarter')).toEqual([
      [today - 5 * DAY, 16],
      [today - DAY, 12],
      [today, 3],
    ]);
  });

  it.each([
    ['hour', periodStart('minute', NOW) - 59 * MINUTE],
    ['day', HOUR_NOW - 23 * HOUR],
    ['week', HOUR_NOW - 167 * HOUR],
    ['quarter', periodStart('day', NOW) - 89 * DAY],
  ] as const)('of one %s begins with a whole period', (span, beginning) => {
    expect(timelineStart(span, NOW)).toBe(beginning);
    expect(beginning % SPANS[span].step).toBe(0);
  });
});

describe('a timeline of what is kept', () => {
  beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
  afterEach(() => vi.useRealTimers());

  /** The rows of runs of the candidate "v2", a minute each: in hours and days where they are old, as they are kept. */
  function kept(
    storage: MemoryRecordStorage,
    minutes: ReadonlyMap<number, number>,
    tierOf: (startsAt: number) => TallyTier,
  ): void {
    const rows = new Map<string, TallyRow>();
    for (const [time, count] of minutes) {
      const tier = tierOf(time);
      const startsAt = periodStart(tier, time);
      for (const candidate of ['', 'v2']) {
        const key = JSON.stringify([tier, startsAt, candidate]);
        const tally = new Tally(rows.get(key)?.content);
        for (let run = 0; run < count; run += 1) {
          if (candidate === '') tally.skip('runIf');
          tally.ran(time);
          tally.counts.matched += 1;
        }
        rows.set(key, { experimentId: 1, epoch: 1, tier, startsAt, candidate, writer: 0, content: tally.toContent() });
      }
    }
    storage.tallies.write([...rows.values()]);
  }

  const picturesOf = (storage: MemoryRecordStorage) =>
    new ExperimentCharts(
      { get: async () => experimentRow() } as never, // all that is asked of it
      storage,
      { read: async () => new Map([[1, [{ number: 1 }]]]) } as never, // nothing else is asked of it
    );

  it.each(['hour', 'day', 'week', 'quarter'] as const)(
    'has every run of the last %s once, in whatever it is kept',
    async (span) => {
      const { step } = SPANS[span];
      const from = timelineStart(span, NOW);
      const ages = fc.integer({ min: 0, max: Math.floor((NOW - from) / MINUTE) + 200 });
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(ages, fc.integer({ min: 1, max: 3 })), { maxLength: 60 }),
          fc.integer({ min: 0, max: 240 }),
          async (runs, rolled) => {
            const storage = new MemoryRecordStorage();
            const minutes = new Map(runs.map(([age, count]) => [periodStart('minute', NOW) - age * MINUTE, count]));
            // Hours are made of minutes that are older than this, as in a tidying that is sometimes late.
            const hoursBefore = periodStart('hour', NOW - rolled * MINUTE);
            const daysBefore = periodStart('day', NOW - 90 * DAY);
            kept(storage, minutes, (time) =>
              time < daysBefore ? 'day' : time < hoursBefore && span !== 'hour' ? 'hour' : 'minute',
            );
            const expected = new Map<number, number>();
            for (const [time, count] of minutes) {
              const at = time - (time % step);
              if (at >= from) expected.set(at, (expected.get(at) ?? 0) + count);
            }
            const { points } = await picturesOf(storage).timeline('search', span);
            expect(points.map(({ at }) => at.getTime())).toEqual([...expected.keys()].sort((one, other) => one - other));
            for (const { at, skipped, candidates } of points) {
              const count = expected.get(at.getTime());
              expect({ skipped, candidates }).toEqual({
                skipped: { runIf: count },
                candidates: [{ name: 'v2', counts: counts(count ?? 0), mismatchRate: intervalOf(0, count ?? 0) }],
              });
            }
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  it('has each run once also while minutes are made hours', async () => {
    const storage = new MemoryRecordStorage();
    const hour = periodStart('hour', NOW) - 3 * HOUR;
    const minutes = new Map([
      [hour, 2],
      [hour + 7 * MINUTE, 3],
    ]);
    kept(storage, minutes, () => 'minute');
    kept(storage, minutes, () => 'hour');
    for (const span of ['day', 'week', 'quarter'] as const) {
      const { points } = await picturesOf(storage).timeline('search', span);
      expect(points.map(({ at, skipped, candidates }) => [at.getTime(), skipped, candidates[0]?.counts.matched])).toEqual([
        [periodStart(span === 'quarter' ? 'day' : 'hour', hour), { runIf: 5 }, 5],
      ]);
    }
  });

  it('asks for no more than a few hundred rows, however long the time is', async () => {
    const storage = new MemoryRecordStorage();
    const minutes = new Map<number, number>();
    for (let time = NOW - 89 * DAY; time < NOW; time += HOUR) minutes.set(periodStart('minute', time), 1);
    kept(storage, minutes, (time) => (time < NOW - 2 * HOUR ? 'hour' : 'minute'));
    let rows = 0;
    const { counted: all } = storage.tallies;
    storage.tallies.counted = (...asked) => {
      const found = all.apply(storage.tallies, asked);
      rows += found.length;
      return found;
    };
    const { points } = await picturesOf(storage).timeline('search', 'quarter');
    expect(points.length).toBeGreaterThanOrEqual(89);
    expect(rows).toBeLessThan(400);
  });
});
