import type { RecordStorage } from '../../recording/storage/record.storage.js';
import type { TallyStorage } from '../../recording/storage/tally.storage.js';
import type { TallyTier } from '../../recording/tallies/period-tier.js';
import type { ExperimentEpoch } from '../../recording/recorded.js';
import type { PeriodSelection } from '../../recording/tallies/tally-row.js';
import type { TallyRow } from '../../recording/tallies/tally-row.js';
import { HOUR, MINUTE } from '../../recording/tallies/period-tier.js';
import { NOW, SEARCH, OTHER, total, minute } from './record-fixtures.js';
import type { ContractFramework } from './contract-framework.js';

/** Tests what tallies add up to. */
export function tallyCountsContract({ it, expect }: ContractFramework, storage: () => RecordStorage): void {
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
      new Map((await storage().tallies.skipped([SEARCH], tier, stretch)).map((row) => [row.startsAt, row.skipped]));
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
    expect(await storage().tallies.skipped([], 'minute', { from: 0 })).toEqual([]);
  });

  it('say of each epoch what was skipped, and of all together how many ran', async () => {
    const epochs = Array.from({ length: 20 }, (_, index) => ({ ...SEARCH, epoch: index + 1 }));
    const mismatched = (row: TallyRow): TallyRow => ({
      ...row,
      content: { ...row.content, counts: { ...row.content.counts, mismatched: 1 } },
    });
    const itself = (of: ExperimentEpoch): TallyRow => {
      const row = minute(of, 1, NOW, '');
      return { ...row, content: { ...row.content, runs: 2, skipped: { runIf: of.epoch } } };
    };
    await storage().tallies.write(epochs.flatMap((of) => [itself(of), mismatched(minute(of, 1, NOW))]));
    const skipped = await storage().tallies.skipped(epochs, 'minute', { from: NOW });
    expect(skipped.map((row) => [row.experimentId, row.epoch, row.skipped['runIf']]).sort()).toEqual(
      epochs.map(({ experimentId, epoch }) => [experimentId, epoch, epoch]).sort(),
    );
    expect(await storage().tallies.ran(epochs, 'minute', NOW)).toEqual([
      { experimentId: 1, startsAt: NOW, runs: 40, differing: 20 },
    ]);
    expect(await storage().tallies.counted(epochs, 'minute', { from: NOW })).toHaveLength(40);
  });
}
