import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeObservation, type CandidateObservation } from '../../lib/experiment/observation.js';
import type { JsonValue } from '../../lib/values/json-value.js';
import { ExperimentResult } from '../../lib/experiment/result.js';
import { differencesBetween, type ValueDifference } from '../../lib/recording/differences/differences.js';
import { purgeAll } from '../../lib/recording/storage/purgeable.js';
import { MemoryRecordStorage } from '../../lib/recording/storage/memory/memory-record.storage.js';
import type { RecordStorage } from '../../lib/recording/storage/record.storage.js';
import { makeRecordedResult } from '../../lib/recording/writing/recorded-result-maker.js';
import type { RecordedResultRow } from '../../lib/recording/storage/recorded-result.storage.js';
import { Sketch, type SketchContent } from '../../lib/recording/tallies/sketch.js';
import { Tally, type TallyContent } from '../../lib/recording/tallies/tally.js';
import type { TallyStorage } from '../../lib/recording/storage/tally.storage.js';
import { DAY, HOUR, MINUTE, type TallyTier } from '../../lib/recording/tallies/tier.js';
import { TypeOrmRecordStorage } from '../../lib/recording/storage/typeorm/typeorm-record.storage.js';
import { TypeOrmStorage } from '../../lib/storage/typeorm.storage.js';
import { OwnDatabase } from '../../lib/database/own-database.js';
import { databasesFor, emptied, removed } from './databases.js';
import type { ExperimentEpoch } from '../../lib/recording/recorded.js';
import type { PeriodSelection, TallyRow } from '../../lib/recording/tallies/tally-row.js';

const databases = await databasesFor('records_');

interface Kept {
  /** A storage of a process of its own. */
  storage(): RecordStorage;
  clear(): Promise<void>;
}

const NOW = Date.UTC(2026, 10, 24, 12);
const SEARCH: ExperimentEpoch = { experimentId: 1, epoch: 0 };
const OTHER: ExperimentEpoch = { experimentId: 2, epoch: 0 };

/** What attackers put into values, contexts and names. */
const HOSTILE = [
  '<script>alert(1)</script>',
  `'; DROP TABLE records_studies_tally; --`,
  '"quoted" \\ %_ ?1 $1 :name ${code} {{code}}',
  '\u001b[2J\u001b]0;title\u0007',
  'half \ud800 characters \udc00',
  'NUL \0 and \u0085 \u2028 \u2029 \u200b \ufeff \u202e',
  '🙂🙃 𝒳 ß ss',
];

/** The same as names can be: without control characters and half characters. */
const NAMES = [...HOSTILE.slice(0, 3), '🙂', '🙃', 'search', 'Search', 'séarch', '__proto__', 'constructor', '𝒳'.repeat(50)];

const content = (runs: number): TallyContent => ({ ...new Tally().toContent(), runs, firstAt: NOW, lastAt: NOW });

const total = (of: ExperimentEpoch, writer: number, runs: number, candidate = 'v2'): TallyRow => ({
  ...of,
  tier: 'total',
  startsAt: 0,
  candidate,
  writer,
  content: content(runs),
});

const minute = (of: ExperimentEpoch, writer: number, startsAt: number, candidate = 'v2'): TallyRow => ({
  ...total(of, writer, 1, candidate),
  tier: 'minute',
  startsAt,
});

const sample = (id: string, of = SEARCH): RecordedResultRow => ({
  ...of,
  id: id.padEnd(16, '0'),
  candidate: 'v2',
  outcome: 'mismatched',
  ranAt: new Date(NOW + 123),
  control: { value: id },
  observed: { value: 1.5 },
  context: { user: 1 },
  differences: [{ path: '$', kind: 'type', control: id, candidate: 1.5 }],
  diff: null,
});

const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id.replace(/0+$/, ''));

const keysOf = (rows: readonly TallyRow[]) =>
  rows.map(({ tier, startsAt, candidate, writer }) => `${tier} ${startsAt} ${candidate} ${writer}`).sort();

/** What every storage promises of tallies. */
function tallies(storage: () => RecordStorage): void {
  it('say what other writers have counted of candidates in minutes, and what of it is fresh', async () => {
    const counted = (of: ExperimentEpoch, writer: number, startsAt: number, firstAt: number, candidate = 'v2'): TallyRow => ({
      ...minute(of, writer, startsAt, candidate),
      content: { ...content(99), firstAt, counts: { matched: 1, mismatched: 2, ignored: 4, errored: 8, timedOut: 16 } },
    });
    const purged = { ...SEARCH, epoch: 1 };
    await storage().tallies.write([
      counted(SEARCH, 1, NOW, NOW),
      counted(SEARCH, 2, NOW, NOW + 99),
      counted(SEARCH, 3, NOW, NOW + 100),
      counted(SEARCH, 4, NOW, NOW + 59_000),
      counted(SEARCH, 3, NOW + MINUTE, NOW + MINUTE),
      counted(SEARCH, 3, NOW - MINUTE, NOW + 100),
      counted(SEARCH, 3, NOW, NOW + 100, 'v3'),
      counted(SEARCH, 3, NOW, NOW + 100, ''),
      counted(purged, 3, NOW, NOW + 100),
      counted(OTHER, 3, NOW, NOW + 100),
      { ...counted(SEARCH, 3, NOW, NOW + 100), tier: 'hour' },
      { ...counted(SEARCH, 3, NOW, NOW + 100), tier: 'total', startsAt: 0 },
    ]);

    const times = (count: number) => ({ runs: 31 * count, failed: 24 * count, mismatched: 2 * count });
    const asked = { from: NOW, since: NOW + 100 };
    const found = await storage().tallies.others([{ ...SEARCH, ...asked }], 1);
    const key = { ...SEARCH, candidate: 'v2' };
    expect(found).toHaveLength(3);
    expect(found).toEqual(
      expect.arrayContaining([
        { ...key, startsAt: NOW, all: times(3), fresh: times(2) },
        { ...key, startsAt: NOW + MINUTE, all: times(1), fresh: times(1) },
        { ...key, startsAt: NOW, candidate: 'v3', all: times(1), fresh: times(1) },
      ]),
    );
    const both = await storage().tallies.others(
      [
        { ...SEARCH, ...asked },
        { ...OTHER, from: NOW, since: NOW + 101 },
      ],
      1,
    );
    expect(both).toEqual(
      expect.arrayContaining([...found, { ...OTHER, startsAt: NOW, candidate: 'v2', all: times(1), fresh: times(0) }]),
    );
    expect(both).toHaveLength(4);
    expect(await storage().tallies.others([{ ...SEARCH, from: NOW + 2 * MINUTE, since: 0 }], 1)).toEqual([]);
  });

  it('have all that was written, to the last digit', async () => {
    const all: TallyContent = {
      firstAt: NOW + 1,
      lastAt: NOW + 999,
      runs: Number.MAX_SAFE_INTEGER,
      counts: { matched: 1, mismatched: 2, ignored: 3, errored: 4, timedOut: Number.MAX_SAFE_INTEGER },
      drifted: 5,
      skipped: { runIf: 6, maxConcurrent: 7 },
      control: { min: 0.1, max: 1e8, zeros: 1, positive: [-460, 1, 921, 2], negative: [] },
      candidate: { min: -0.25, max: -1e-4, zeros: 0, positive: [], negative: [3, Number.MAX_SAFE_INTEGER] },
      delta: null,
      speedup: { min: 1, max: 2.000000000000001, zeros: 0, positive: [1, 1], negative: [] },
      differences: {
        examined: 2,
        fields: [{ path: '$.a', kind: 'value', count: 2, example: { control: { a: [1, null] }, candidate: '2' } }],
        sets: [{ fields: [0], count: 2 }],
      },
    };
    const rows = [{ ...total(SEARCH, 1, 0), content: all }, total(SEARCH, 1, 3, '')];
    await storage().tallies.write(rows);
    const kept = await storage().tallies.totals([SEARCH]);
    expect(kept).toHaveLength(2);
    expect(kept).toEqual(expect.arrayContaining(rows));
  });

  it('are the same when they are written again, and new where they have grown', async () => {
    const rows = [total(SEARCH, 1, 1), minute(SEARCH, 1, NOW)];
    for (let time = 0; time < 3; time += 1) await storage().tallies.write(rows);
    expect(await storage().tallies.totals([SEARCH])).toEqual([rows[0]]);
    await storage().tallies.write([total(SEARCH, 1, 2), total(SEARCH, 2, 5)]);
    const runs = (await storage().tallies.totals([SEARCH])).map(({ writer, content: { runs } }) => [writer, runs]);
    expect(runs.sort()).toEqual([
      [1, 2],
      [2, 5],
    ]);
  });

  it('are told apart by experiment, epoch, length, time, candidate and writer', async () => {
    const later = { ...SEARCH, epoch: 1 };
    const hour: TallyRow = { ...minute(SEARCH, 1, NOW), tier: 'hour' };
    const rows = [
      minute(SEARCH, 1, NOW),
      minute(SEARCH, 2, NOW),
      minute(SEARCH, 1, NOW + MINUTE),
      minute(SEARCH, 1, NOW, ''),
      hour,
      minute(OTHER, 1, NOW),
      minute(later, 1, NOW),
    ];
    await storage().tallies.write(rows);
    const series = { ...SEARCH, tier: 'minute', candidate: 'v2' } as const;
    const periods = async (of: object) =>
      keysOf(await storage().tallies.periods({ ...series, ...of }, 0, Number.MAX_SAFE_INTEGER));
    expect(await periods({})).toEqual(keysOf(rows.slice(0, 3)));
    expect(await periods({ candidate: '' })).toEqual(keysOf(rows.slice(3, 4)));
    expect(await periods({ tier: 'hour' })).toEqual(keysOf([hour]));
    expect(await periods(OTHER)).toEqual(keysOf([minute(OTHER, 1, NOW)]));
    expect(await periods(later)).toEqual(keysOf([minute(later, 1, NOW)]));
    expect(await periods({ epoch: 2 })).toEqual([]);
  });

  it('take candidates for the same only if they are', async () => {
    const rows = NAMES.map((name, index) => total(SEARCH, 1, index, name));
    await storage().tallies.write(rows);
    const kept = await storage().tallies.totals([SEARCH]);
    expect(new Map(kept.map(({ candidate, content: { runs } }) => [candidate, runs]))).toEqual(
      new Map(NAMES.map((name, index) => [name, index])),
    );
  });

  it('have the totals of all writers, and of one epoch', async () => {
    await storage().tallies.write([
      total(SEARCH, 1, 1),
      total(SEARCH, 2, 1),
      total(SEARCH, 2, 1, ''),
      total({ ...SEARCH, epoch: 1 }, 1, 1),
      total(OTHER, 1, 1),
      minute(SEARCH, 1, NOW),
    ]);
    expect(keysOf(await storage().tallies.totals([SEARCH]))).toEqual(['total 0  2', 'total 0 v2 1', 'total 0 v2 2']);
    expect(await storage().tallies.totals([{ experimentId: 3, epoch: 0 }])).toEqual([]);
  });

  it('have what a writer goes on with: its totals, and its minutes from one on', async () => {
    const hour: TallyRow = { ...minute(SEARCH, 1, NOW), tier: 'hour' };
    await storage().tallies.write([
      total(SEARCH, 1, 1),
      total(SEARCH, 2, 1),
      total(OTHER, 1, 1),
      minute(SEARCH, 1, NOW - MINUTE),
      minute(SEARCH, 1, NOW),
      minute(SEARCH, 1, NOW + MINUTE, ''),
      minute(SEARCH, 2, NOW),
      hour,
    ]);
    const own = await storage().tallies.ofWriter(1, [SEARCH.experimentId], NOW);
    expect(keysOf(own)).toEqual(keysOf([total(SEARCH, 1, 1), minute(SEARCH, 1, NOW), minute(SEARCH, 1, NOW + MINUTE, '')]));
    expect(await storage().tallies.ofWriter(1, [], NOW)).toEqual([]);
    expect(await storage().tallies.ofWriter(3, [1, 2], NOW)).toEqual([]);
  });

  it('are taken and given for hundreds of experiments at once', async () => {
    const experiments = Array.from({ length: 250 }, (_, index) => index + 1);
    await storage().tallies.write(experiments.map((experimentId) => total({ experimentId, epoch: 0 }, 7, experimentId)));
    const own = await storage().tallies.ofWriter(7, experiments, NOW);
    expect(own.length).toBe(250);
    expect(own.every(({ experimentId, content: { runs } }) => experimentId === runs)).toBe(true);
    await storage().tallies.write([]);
  });

  it('name each series once that has periods before a time', async () => {
    await storage().tallies.write([
      minute(SEARCH, 1, NOW - 1),
      minute(SEARCH, 2, NOW - 1),
      minute(SEARCH, 1, NOW - MINUTE),
      minute(SEARCH, 1, NOW, ''),
      minute({ ...OTHER, epoch: 3 }, 1, NOW - 1, '__proto__'),
      { ...minute(OTHER, 0, NOW - 1), tier: 'hour' },
    ]);
    const series = await storage().tallies.seriesBefore('minute', NOW);
    expect(series).toHaveLength(2);
    expect(series).toEqual(
      expect.arrayContaining([
        { ...SEARCH, tier: 'minute', candidate: 'v2' },
        { experimentId: 2, epoch: 3, tier: 'minute', candidate: '__proto__' },
      ]),
    );
    expect(await storage().tallies.seriesBefore('day', NOW)).toEqual([]);
  });

  it('give and forget the periods of a series from a time on, and before another', async () => {
    const times = [NOW - 1, NOW, NOW + HOUR - 1, NOW + HOUR];
    const series = { ...SEARCH, tier: 'minute', candidate: 'v2' } as const;
    await storage().tallies.write([
      ...times.map((time) => minute(SEARCH, 1, time)),
      minute(SEARCH, 1, NOW, 'v3'),
      minute(OTHER, 1, NOW),
    ]);
    const inside = await storage().tallies.periods(series, NOW, NOW + HOUR);
    expect(inside.map(({ startsAt }) => startsAt).sort()).toEqual([NOW, NOW + HOUR - 1]);
    await storage().tallies.forget(series, NOW, NOW + HOUR);
    const left = await storage().tallies.periods(series, 0, NOW + DAY);
    expect(left.map(({ startsAt }) => startsAt).sort()).toEqual([NOW - 1, NOW + HOUR]);
    expect(await storage().tallies.periods({ ...series, candidate: 'v3' }, 0, NOW + DAY)).toHaveLength(1);
    expect(await storage().tallies.periods({ ...series, ...OTHER }, 0, NOW + DAY)).toHaveLength(1);
  });

  it('have the totals of many experiments, with as much of what was measured as is asked for', async () => {
    const sketch = { min: 1, max: 1, zeros: 0, positive: [1, 1], negative: [] };
    const differences = { examined: 1, fields: [], sets: [] };
    const whole = { ...content(1), control: sketch, candidate: sketch, delta: sketch, speedup: sketch, differences };
    const later = { ...OTHER, epoch: 2 };
    await storage().tallies.write([
      { ...total(SEARCH, 1, 1), content: whole },
      total(OTHER, 1, 1),
      { ...total(later, 1, 1), content: whole },
    ]);
    const read = await storage().tallies.totals([SEARCH, later], ['speedup', 'differences']);
    expect(keysOf(read)).toEqual(['total 0 v2 1', 'total 0 v2 1']);
    for (const { content: found } of read) expect(found).toEqual({ ...whole, control: null, candidate: null, delta: null });
    expect((await storage().tallies.totals([SEARCH], []))[0]?.content).toEqual(content(1));
    expect((await storage().tallies.totals([SEARCH]))[0]?.content).toEqual(whole);
    expect(await storage().tallies.totals([])).toEqual([]);
  });

  it('have what all writers have counted together, by time and candidate', async () => {
    const counts = { matched: 1, mismatched: 2, ignored: 3, errored: 4, timedOut: 5 };
    const having = (row: TallyRow, runs: number) => ({ ...row, content: { ...row.content, runs, counts } });
    await storage().tallies.write([
      having(minute(SEARCH, 1, NOW), 7),
      having(minute(SEARCH, 2, NOW), 8),
      having(minute(SEARCH, 1, NOW, ''), Number.MAX_SAFE_INTEGER),
      having(minute(SEARCH, 1, NOW + MINUTE), 9),
      having(minute(SEARCH, 1, NOW - MINUTE), 9),
      having(minute({ ...SEARCH, epoch: 1 }, 1, NOW), 9),
      having(minute(OTHER, 3, NOW), 10),
      having({ ...minute(SEARCH, 0, NOW), tier: 'hour' }, 11),
      having(total(SEARCH, 1, 0), 12),
    ]);
    const counted = async (...asked: Parameters<TallyStorage['counted']>) => {
      const found = await storage().tallies.counted(...asked);
      return new Map(
        found.map(({ counts: own, ...row }) => [
          JSON.stringify([row.experimentId, row.epoch, row.startsAt, row.candidate]),
          { ...row, own },
        ]),
      );
    };
    const period = (of: ExperimentEpoch, startsAt: number, candidate: string, runs: number, rows = 1) => {
      const own = Object.fromEntries(Object.entries(counts).map(([outcome, count]) => [outcome, count * rows]));
      return [
        JSON.stringify([of.experimentId, of.epoch, startsAt, candidate]),
        { ...of, startsAt, candidate, runs, rows, own },
      ] as const;
    };
    expect(await counted([SEARCH, OTHER], 'minute', { from: NOW })).toEqual(
      new Map([
        period(SEARCH, NOW, 'v2', 15, 2),
        period(SEARCH, NOW, '', Number.MAX_SAFE_INTEGER),
        period(SEARCH, NOW + MINUTE, 'v2', 9),
        period(OTHER, NOW, 'v2', 10),
      ]),
    );
    expect(await counted([OTHER], 'minute', { from: NOW - HOUR, before: NOW })).toEqual(new Map());
    expect(await counted([SEARCH], 'minute', { from: NOW - MINUTE, before: NOW })).toEqual(
      new Map([period(SEARCH, NOW - MINUTE, 'v2', 9)]),
    );
    expect(await counted([SEARCH], 'hour', { from: NOW })).toEqual(new Map([period(SEARCH, NOW, 'v2', 11)]));
    expect(await counted([SEARCH], 'total', { from: 0 })).toEqual(new Map([period(SEARCH, 0, 'v2', 12)]));
    expect(await counted([], 'total', { from: 0 })).toEqual(new Map());
  });

  it('have it by longer stretches too', async () => {
    const times = [NOW - 1, NOW, NOW + HOUR - 1, NOW + HOUR];
    await storage().tallies.write(times.flatMap((time) => [minute(SEARCH, 1, time), minute(SEARCH, 2, time)]));
    const found = await storage().tallies.counted([SEARCH], 'minute', { from: NOW - 1, before: NOW + HOUR, length: HOUR });
    expect(found.map(({ startsAt, runs, rows }) => [startsAt, runs, rows]).sort()).toEqual([
      [NOW - HOUR, 2, 2],
      [NOW, 4, 4],
    ]);
  });

  it('say of each period how many runs there were, and in how many of them the worst candidate differed', async () => {
    const differing = (row: TallyRow, mismatched: number, errored = 0, timedOut = 0) => ({
      ...row,
      content: { ...row.content, counts: { ...row.content.counts, matched: 50, ignored: 50, mismatched, errored, timedOut } },
    });
    const runs = (row: TallyRow, count: number) => ({
      ...differing(row, 99),
      content: { ...differing(row, 99).content, runs: count },
    });
    await storage().tallies.write([
      runs(minute(SEARCH, 1, NOW, ''), 10),
      runs(minute(SEARCH, 2, NOW, ''), 20),
      differing(minute(SEARCH, 1, NOW), 1, 2, 3),
      differing(minute(SEARCH, 2, NOW), 1),
      differing(minute(SEARCH, 1, NOW, 'v3'), 5),
      runs(minute(SEARCH, 1, NOW + MINUTE, ''), 5),
      differing(minute(OTHER, 1, NOW), 4),
      runs(minute(OTHER, 1, NOW - 1, ''), 4),
      runs(minute({ ...OTHER, epoch: 1 }, 1, NOW, ''), 4),
      runs(total(SEARCH, 1, 9, ''), 9),
    ]);
    const ran = await storage().tallies.ran([SEARCH, OTHER], 'minute', NOW);
    expect(ran).toHaveLength(3);
    expect(ran).toEqual(
      expect.arrayContaining([
        { experimentId: 1, startsAt: NOW, runs: 30, differing: 7 },
        { experimentId: 1, startsAt: NOW + MINUTE, runs: 5, differing: 0 },
        { experimentId: 2, startsAt: NOW, runs: 0, differing: 4 },
      ]),
    );
    expect(await storage().tallies.ran([], 'minute', NOW)).toEqual([]);
  });

  it('say what was skipped, by time and reason', async () => {
    const skipping = (row: TallyRow, skipped: Record<string, number> | null) => ({
      ...row,
      content: { ...row.content, skipped },
    });
    await storage().tallies.write([
      skipping(minute(SEARCH, 1, NOW, ''), { runIf: 1, maxConcurrent: 2 }),
      skipping(minute(SEARCH, 2, NOW, ''), { runIf: 3 }),
      skipping(minute(SEARCH, 1, NOW + MINUTE, ''), null),
      skipping(minute(SEARCH, 1, NOW + HOUR, ''), { runIf: 4 }),
      skipping(minute(SEARCH, 1, NOW - 1, ''), { runIf: 5 }),
      skipping(minute(OTHER, 1, NOW, ''), { runIf: 6 }),
      skipping({ ...minute(SEARCH, 0, NOW, ''), tier: 'hour' }, { runIf: 7 }),
    ]);
    const skipped = async (tier: TallyTier, stretch: PeriodSelection) =>
      new Map((await storage().tallies.skipped(SEARCH, tier, stretch)).map((row) => [row.startsAt, row.skipped]));
    expect(await skipped('minute', { from: NOW })).toEqual(
      new Map<number, object>([
        [NOW, { runIf: 4, maxConcurrent: 2 }],
        [NOW + HOUR, { runIf: 4 }],
      ]),
    );
    expect(await skipped('minute', { from: NOW - 1, before: NOW + HOUR, length: HOUR })).toEqual(
      new Map<number, object>([
        [NOW - HOUR, { runIf: 5 }],
        [NOW, { runIf: 4, maxConcurrent: 2 }],
      ]),
    );
    expect(await skipped('hour', { from: NOW })).toEqual(new Map([[NOW, { runIf: 7 }]]));
    expect(await skipped('day', { from: 0 })).toEqual(new Map());
  });

  it('are counted for hundreds of experiments at once', async () => {
    const of = Array.from({ length: 50 }, (_, index) => ({ experimentId: index + 1, epoch: 0 }));
    await storage().tallies.write(of.map((one) => total(one, 7, one.experimentId)));
    const counted = await storage().tallies.counted(of, 'total', { from: 0 });
    expect(counted).toHaveLength(50);
    expect(counted.every(({ experimentId, runs }) => experimentId === runs)).toBe(true);
    expect(await storage().tallies.ran(of, 'total', 0)).toHaveLength(50);
    expect(await storage().tallies.totals(of)).toHaveLength(50);
  });

  it('are forgotten of earlier epochs part by part, and it can be seen how many are left', { timeout: 60_000 }, async () => {
    const earlier = [0, 1].map((epoch) => ({ ...SEARCH, epoch }));
    const minutes = Array.from({ length: 500 }, (_, index) => NOW + index * MINUTE);
    await storage().tallies.write([
      ...earlier.flatMap((of) => minutes.flatMap((time) => [minute(of, 1, time), minute(of, 2, time, '')])),
      ...earlier.map((of) => total(of, 1, 1)),
      total({ ...SEARCH, epoch: 2 }, 1, 1),
      total(OTHER, 1, 1),
    ]);
    const { experimentId } = SEARCH;
    const left = [await storage().tallies.forgettable(experimentId, 2)];
    while (await storage().tallies.forgetSome(experimentId, 2)) left.push(await storage().tallies.forgettable(experimentId, 2));
    expect([left[0], left.at(-1)]).toEqual([2_002, 0]);
    expect(left).toEqual([...new Set(left)].sort((one, other) => other - one));
    expect(await storage().tallies.forgettable(experimentId)).toBe(1);
    expect(await storage().tallies.forgettable(OTHER.experimentId)).toBe(1);
  });

  it('are forgotten of earlier epochs, or altogether', async () => {
    const epochs = [0, 1, 2].map((epoch) => ({ ...SEARCH, epoch }));
    await storage().tallies.write([...epochs.map((of) => total(of, 1, 1)), minute(SEARCH, 1, NOW), total(OTHER, 1, 1)]);
    await purgeAll(() => storage().tallies.forgetSome(SEARCH.experimentId, 2));
    const kept = async () => Promise.all([...epochs, OTHER].map(async (of) => (await storage().tallies.totals([of])).length));
    expect(await kept()).toEqual([0, 0, 1, 1]);
    expect(await storage().tallies.seriesBefore('minute', NOW + 1)).toEqual([]);
    await purgeAll(() => storage().tallies.forgetSome(SEARCH.experimentId));
    expect(await storage().tallies.forgetSome(SEARCH.experimentId)).toBe(false);
    expect(await kept()).toEqual([0, 0, 0, 1]);
  });

  it('can be as large as they get: all fields, all bins, and counts of years', async () => {
    const largest = LARGEST_TALLY;
    await storage().tallies.write([{ ...total(SEARCH, 1, 0), content: largest }]);
    expect((await storage().tallies.totals([SEARCH]))[0]?.content).toEqual(largest);
  });

  it('can be as many and as large as one writing has', { timeout: 60_000 }, async () => {
    const largest = LARGEST_TALLY;
    const rows = Array.from({ length: 120 }, (_, index) => ({
      ...total({ experimentId: index + 1, epoch: 0 }, 1, 0),
      content: largest,
    }));
    await storage().tallies.write(rows);
    for (const { experimentId } of rows) expect(await storage().tallies.totals([{ experimentId, epoch: 0 }])).toHaveLength(1);
  });
}

/** What every storage promises of samples. */
function samples(storage: () => RecordStorage): void {
  const all = { limit: 100 };

  it('have all that was kept', async () => {
    const { experimentId, epoch, ...kept } = { ...sample('a'), diff: { of: ['my own', null, 1] } };
    await storage().results.keep([{ experimentId, epoch, ...kept }], 10);
    expect(await storage().results.find(SEARCH, all)).toEqual([kept]);
    expect(await storage().results.get(SEARCH, kept.id)).toEqual(kept);
    expect(await storage().results.get(OTHER, kept.id)).toBeUndefined();
    expect(await storage().results.get({ ...SEARCH, epoch: 1 }, kept.id)).toBeUndefined();
    expect(await storage().results.get(SEARCH, 'b'.repeat(16))).toBeUndefined();
  });

  it('leave one that is there already as it is', async () => {
    await storage().results.keep([sample('a')], 10);
    await storage().results.keep([{ ...sample('a'), outcome: 'errored' }, sample('b')], 10);
    const found = await storage().results.find(SEARCH, all);
    expect(found.map(({ outcome }) => outcome)).toEqual(['mismatched', 'mismatched']);
  });

  it('are so many of each experiment: the oldest go first, of whatever epoch', async () => {
    await storage().results.keep([sample('b'), sample('a'), sample('a', OTHER)].slice(0, 2), 3);
    await storage().results.keep([sample('x', OTHER)], 3);
    const later = { ...SEARCH, epoch: 1 };
    await storage().results.keep([sample('e', later), sample('c', later), sample('d', later)], 3);
    expect(ids(await storage().results.find(later, all))).toEqual(['e', 'd', 'c']);
    expect(await storage().results.find(SEARCH, all)).toEqual([]);
    expect(ids(await storage().results.find(OTHER, all))).toEqual(['x']);
    await storage().results.keep([sample('f', later)], 1);
    expect(ids(await storage().results.find(later, all))).toEqual(['f']);
    await storage().results.keep([], 1);
  });

  it('are found by outcome and candidate, the newest first, and page by page', async () => {
    const rows = ['a', 'b', 'c', 'd', 'e'].map((id, index) => ({
      ...sample(id),
      outcome: index % 2 === 0 ? ('errored' as const) : ('timedOut' as const),
      candidate: index < 3 ? 'v2' : 'V2',
    }));
    await storage().results.keep(rows, 10);
    const found = async (selection: object) => ids(await storage().results.find(SEARCH, { ...all, ...selection }));
    expect(await found({})).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(await found({ outcome: 'errored' })).toEqual(['e', 'c', 'a']);
    expect(await found({ candidate: 'v2' })).toEqual(['c', 'b', 'a']);
    expect(await found({ candidate: 'V2', outcome: 'timedOut' })).toEqual(['d']);
    expect(await found({ limit: 2 })).toEqual(['e', 'd']);
    expect(await found({ limit: 2, before: sample('d').id })).toEqual(['c', 'b']);
    expect(await found({ before: sample('a').id })).toEqual([]);
    expect(await found({ outcome: 'matched' })).toEqual([]);
  });

  it('are forgotten of earlier epochs, or altogether', async () => {
    const epochs = [0, 1, 2].map((epoch) => ({ ...SEARCH, epoch }));
    await storage().results.keep(
      [...epochs, OTHER].map((of, index) => sample(String(index + 1), of)),
      10,
    );
    const kept = async () => Promise.all([...epochs, OTHER].map(async (of) => (await storage().results.find(of, all)).length));
    expect(await storage().results.forgettable(SEARCH.experimentId, 1)).toBe(1);
    await purgeAll(() => storage().results.forgetSome(SEARCH.experimentId, 1));
    expect(await storage().results.forgettable(SEARCH.experimentId, 1)).toBe(0);
    expect(await kept()).toEqual([0, 1, 1, 1]);
    expect(await storage().results.forgettable(SEARCH.experimentId)).toBe(2);
    await purgeAll(() => storage().results.forgetSome(SEARCH.experimentId));
    expect(await kept()).toEqual([0, 0, 0, 1]);
  });

  it('are forgotten by the hundreds, part by part', async () => {
    const rows = Array.from({ length: 250 }, (_, index) => sample(String(index + 1_000)));
    await storage().results.keep([...rows, sample('x', { ...SEARCH, epoch: 1 })], 1_000);
    await purgeAll(() => storage().results.forgetSome(SEARCH.experimentId, 1));
    expect(await storage().results.forgettable(SEARCH.experimentId)).toBe(1);
  });

  it('give back as text whatever an attacker has put into values, contexts and names', async () => {
    const hostile = JSON.parse(`{"__proto__":{"polluted":true},"constructor":{"prototype":1}}`) as { [key: string]: JsonValue };
    for (const text of HOSTILE) hostile[text] = text;
    const rows = NAMES.map((candidate, index) => ({
      ...sample(`a${index}z`),
      candidate,
      control: hostile,
      observed: [hostile],
      context: hostile,
      differences: HOSTILE.map((text): ValueDifference => ({
        path: `$[${text}]`,
        kind: 'value',
        control: text,
        candidate: hostile,
      })),
      diff: HOSTILE,
    }));
    await storage().results.keep(rows, 100);
    for (const { experimentId: _id, epoch: _epoch, ...row } of rows) {
      const kept = await storage().results.get(SEARCH, row.id);
      expect(kept).toEqual(row);
      expect(Object.keys(kept?.context ?? {})).toEqual(Object.keys(hostile));
      expect(ids(await storage().results.find(SEARCH, { ...all, candidate: row.candidate }))).toEqual(ids([row]));
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('can be as large as they get, and as many as one writing has', { timeout: 60_000 }, async () => {
    const largest = LARGEST_SAMPLES;
    const rows = Array.from({ length: 120 }, (_, index): RecordedResultRow => {
      const id = `${index}`.padStart(16, '0');
      return { ...SEARCH, ...(largest[index % largest.length] ?? sample(id)), id };
    });
    await storage().results.keep(rows, 1_000);
    for (const { experimentId: _id, epoch: _epoch, ...row } of rows.slice(0, largest.length)) {
      expect(await storage().results.get(SEARCH, row.id)).toEqual(row);
    }
    expect(await storage().results.find(SEARCH, { limit: 200 })).toHaveLength(120);
  });
}

/** What every storage promises of writers. */
function writers(storage: () => RecordStorage): void {
  const claim = async (owner: string) => storage().writers.claim(owner);

  it('are given to many processes at once, to each its own', async () => {
    const owners = Array.from({ length: 12 }, (_, index) => `process ${index}`);
    const claimed = await Promise.all(owners.map(claim));
    expect(new Set(claimed).size).toBe(12);
    expect(await Promise.all(owners.map(claim))).toEqual(claimed);
    const owned = await storage().writers.owned();
    expect(owned).toEqual(
      claimed.map((id, index) => ({ id, owner: owners[index], beat: 0 })).sort((one, other) => one.id - other.id),
    );
  });

  it('are above 0, which stands for all of them', async () => {
    expect(await claim('a')).toBeGreaterThan(0);
  });

  it('are their owners until they are released', async () => {
    const id = await claim('a');
    expect(await storage().writers.beat(id, 'a')).toBe(true);
    expect(await storage().writers.beat(id, 'b')).toBe(false);
    expect(await storage().writers.beat(id + 1_000, 'a')).toBe(false);
    expect(await storage().writers.owned()).toEqual([{ id, owner: 'a', beat: 1 }]);
    await storage().writers.release(id, 'b');
    expect(await storage().writers.beat(id, 'a')).toBe(true);
    await storage().writers.release(id, 'a');
    expect(await storage().writers.beat(id, 'a')).toBe(false);
    expect(await storage().writers.owned()).toEqual([]);
  });

  it('are not taken from one who has written meanwhile', async () => {
    const id = await claim('a');
    await storage().writers.beat(id, 'a');
    await storage().writers.release(id, 'a', 0);
    expect(await storage().writers.beat(id, 'a')).toBe(true);
    await storage().writers.release(id, 'a', 2);
    expect(await storage().writers.beat(id, 'a')).toBe(false);
  });

  it('are taken again when they are free, the lowest first, before there are new ones', async () => {
    const owners = ['a', 'b', 'c', 'd'];
    const claimed: number[] = [];
    for (const owner of owners) claimed.push(await claim(owner));
    for (const index of [2, 0, 1]) await storage().writers.release(claimed[index] ?? 0, owners[index] ?? '');
    const again: number[] = [];
    for (const owner of ['e', 'f', 'g', 'h']) again.push(await claim(owner));
    expect(again.slice(0, 3)).toEqual(claimed.slice(0, 3));
    expect(again[3]).toBeGreaterThan(claimed[3] ?? Infinity);
  });

  it('are given to each of many processes at once, when others have left theirs', async () => {
    const before = Array.from({ length: 6 }, (_, index) => `before ${index}`);
    const left = await Promise.all(before.map(claim));
    await Promise.all(left.map(async (id, index) => storage().writers.release(id, before[index] ?? '')));
    const owners = Array.from({ length: 8 }, (_, index) => `after ${index}`);
    const claimed = await Promise.all(owners.map(claim));
    expect(new Set(claimed).size).toBe(8);
    expect(claimed).toEqual(expect.arrayContaining(left));
  });
}

/** The largest content that a tally can come to. */
function largestTally(): TallyContent {
  const tally = new Tally();
  tally.ran(NOW);
  for (let run = 0; run < 250; run += 1) {
    const keys = Array.from({ length: 30 }, (_, index) => `${(run * 7 + index) % 250}${'😀"\\\u0001'.repeat(100)}`);
    const having = (value: string) => Object.fromEntries(keys.map((key) => [key, value.repeat(60)]));
    tally.differed(differencesBetween(having('"\\'), having('\u0001')), true);
  }
  const differences = tally.toContent().differences;
  return {
    ...tally.toContent(),
    control: fullSketch(false),
    candidate: fullSketch(false),
    delta: fullSketch(true),
    speedup: fullSketch(true),
    differences,
  };
}

/** All bins that values can fall into, with hundreds of billions of values in each. */
function fullSketch(isSigned: boolean): SketchContent {
  const sketch = new Sketch();
  for (let size = 1e-4; size <= 1e8; size *= 1.01) {
    sketch.add(size);
    if (isSigned) sketch.add(-size);
  }
  sketch.add(0);
  const grown = (bins: readonly number[]) => bins.map((part, index) => (index % 2 === 0 ? part : 123_456_789_012 + index));
  const content = sketch.toContent();
  return { ...content, zeros: 999_999_999_999, positive: grown(content.positive), negative: grown(content.negative) };
}

/** The largest samples that the widest options allow. */
function largestSamples() {
  return ['"', '\\', '\u0001', '\ud800', '😀', '\u2028', 'ä', '\u001b'].map((character) => {
    const value = Array.from({ length: 90 }, () => ({ [character.repeat(40)]: character.repeat(4_000) }));
    const identity = { name: '𝒳'.repeat(50), context: { value }, outcome: 'mismatched' as const, redaction: undefined };
    const observation = makeObservation(identity, { kind: 'returned', value, duration: 1 }, (it) => it);
    const candidate = observation as CandidateObservation; // it has an outcome
    const result = new ExperimentResult({
      experiment: 'search',
      context: identity.context,
      control: observation,
      candidates: [candidate],
      order: [],
      startedAt: NOW,
    });
    const example = character.repeat(30);
    const differences = Array.from({ length: 200 }, (_, index): ValueDifference => ({
      path: `$.${index}${character.repeat(70)}`,
      kind: 'missing',
      control: example,
      candidate: example,
    }));
    return makeRecordedResult(result, candidate, differences, { recordValues: true, maxValueBytes: 50_000 });
  });
}

const LARGEST_TALLY = largestTally();
const LARGEST_SAMPLES = largestSamples();

function contract(kept: () => Kept): void {
  let storage: RecordStorage;
  beforeEach(async () => {
    await kept().clear();
    storage = kept().storage();
  });

  describe('tallies', () => tallies(() => storage));
  describe('samples', () => samples(() => storage));
  describe('writers', () => writers(() => storage));
}

describe('records in memory', () => {
  let shared: MemoryRecordStorage;
  contract(() => ({
    storage: () => shared,
    clear: async () => {
      shared = new MemoryRecordStorage();
    },
  }));
});

for (const { name, options } of databases) {
  describe.runIf(options !== undefined)(`records on ${name}`, () => {
    let source: DataSource | undefined;
    const table = (of: string) => `${options?.entityPrefix ?? ''}studies_${of}`;
    beforeAll(async () => {
      if (options === undefined) return;
      source = await emptied(options);
      await source.runMigrations();
    });
    afterAll(() => removed(source));

    const at = () => source as DataSource; // made before the tests
    const clear = async () => {
      for (const of of ['experiment', 'tally', 'sample', 'writer']) await at().query(`DELETE FROM ${table(of)}`);
    };
    contract(() => ({ storage: () => new TypeOrmRecordStorage(new OwnDatabase(at())), clear }));

    describe('what belongs to nothing', () => {
      beforeEach(clear);

      it('is forgotten: of experiments that are gone, and of before their last purge', async () => {
        const storage = new TypeOrmRecordStorage(new OwnDatabase(at()));
        const experiments = new TypeOrmStorage(new OwnDatabase(at()));
        await experiments.create([
          { name: 'kept', percentEnabled: 0 },
          { name: 'purged', percentEnabled: 0 },
        ]);
        await experiments.advanceEpoch('purged', 0);
        const idOf = async (experiment: string) => (await experiments.find(experiment))?.id ?? 0;
        const [kept, purged] = [await idOf('kept'), await idOf('purged')];
        const gone = { experimentId: kept + purged + 1, epoch: 0 };
        const all = [
          { experimentId: kept, epoch: 0 },
          { experimentId: purged, epoch: 1 },
          { experimentId: purged, epoch: 0 },
          gone,
        ];
        await storage.tallies.write(all.flatMap((of) => [total(of, 1, 1), minute(of, 1, NOW)]));
        await storage.results.keep(
          all.map((of, index) => sample(String(index + 1), of)),
          10,
        );
        for (const part of [storage.tallies, storage.results]) {
          const orphans = await part.orphans();
          expect(orphans).toHaveLength(2);
          expect(orphans).toEqual(expect.arrayContaining([{ experimentId: purged, epoch: 0 }, gone]));
          for (const { experimentId, epoch } of orphans) await purgeAll(() => part.forgetSome(experimentId, epoch + 1));
          expect(await part.orphans()).toEqual([]);
        }
        expect(await Promise.all(all.map(async (of) => (await storage.tallies.totals([of])).length))).toEqual([1, 1, 0, 0]);
        expect(await Promise.all(all.map(async (of) => (await storage.results.find(of, { limit: 9 })).length))).toEqual([
          1, 1, 0, 0,
        ]);
        expect(await storage.tallies.seriesBefore('minute', NOW + 1)).toHaveLength(2);
      });
    });

    it('begin their beats anew before they are too large for the column', async () => {
      const storage = new TypeOrmRecordStorage(new OwnDatabase(at()));
      await clear();
      const id = await storage.writers.claim('a');
      await at().query(`UPDATE ${table('writer')} SET beat = 2000000001`);
      expect(await storage.writers.beat(id, 'a')).toBe(true);
      expect((await storage.writers.owned())[0]?.beat).toBe(0);
    });
  });
}
