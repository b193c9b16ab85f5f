import type { RecordStorage } from '../../recording/storage/record.storage.js';
import type { TallyContent } from '../../recording/tallies/tally.js';
import type { ExperimentEpoch } from '../../recording/recorded.js';
import type { TallyRow } from '../../recording/tallies/tally-row.js';
import { MINUTE } from '../../recording/tallies/period-tier.js';
import { NOW, SEARCH, OTHER, NAMES, content, total, minute, keysOf } from './record-fixtures.js';
import type { ContractFramework } from './contract-framework.js';

/** Tests that tallies are kept exactly, and are told apart. */
export function tallyRowsContract({ it, expect }: ContractFramework, storage: () => RecordStorage): void {
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
      reads: { sameMoment: 8, later: 9 },
      refused: { 'INSERT orders': 2 },
      skipped: { runIf: 6, maxConcurrent: 7 },
      control: { min: 0.1, max: 1e8, zeros: 1, positive: [-460, 1, 921, 2], negative: [] },
      candidate: { min: -0.25, max: -1e-4, zeros: 0, positive: [], negative: [3, Number.MAX_SAFE_INTEGER] },
      delta: null,
      speedup: { min: 1, max: 2.000000000000001, zeros: 0, positive: [1, 1], negative: [] },
      differences: {
        examined: 2,
        fields: [{ path: '$.a', kind: 'value', count: 2, example: { control: { a: [1, null] }, candidate: '2' } }],
      },
      evidence: {
        runs: Number.MAX_SAFE_INTEGER,
        differing: 1,
        excused: 4,
        uncounted: { bothThrew: 2, nothingLeft: 3, learning: 4, overBudget: 5, crowded: 6, late: 7, changed: 8, early: 9 },
        firstAt: NOW,
        lastAt: null,
        hours: '//8=',
        inputs: { registers: 'AAEC', sample: [4_294_967_295, 1, 2, 3], differing: [0, 1, 2, 3, 4], isCut: true },
        subjects: null,
        pairs: { pairs: Number.MAX_SAFE_INTEGER, varied: 1, worse: 2, better: 3, newWorse: 4, newBetter: 5 },
        speed: { pairs: 1, first: 2, again: 0.1, candidate: 1e8, speedups: [-7, 1] },
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
      total({ ...SEARCH, epoch: 1 }, 1, 1),
      hour,
    ]);
    const own = await storage().tallies.ofWriter(1, [SEARCH], NOW);
    expect(keysOf(own)).toEqual(keysOf([total(SEARCH, 1, 1), minute(SEARCH, 1, NOW), minute(SEARCH, 1, NOW + MINUTE, '')]));
    expect(await storage().tallies.ofWriter(1, [], NOW)).toEqual([]);
    expect(await storage().tallies.ofWriter(3, [SEARCH, OTHER], NOW)).toEqual([]);
  });
}
