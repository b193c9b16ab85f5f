import { purgeAll } from '../../recording/storage/purge.js';
import type { RecordStorage } from '../../recording/storage/record.storage.js';
import { MINUTE } from '../../recording/tallies/period-tier.js';
import { NOW, SEARCH, OTHER, total, minute } from './record-fixtures.js';
import { largestTally } from './largest-records.js';
import type { ContractFramework } from './contract-framework.js';

/** Tests many and large tallies, and their removal. */
export function tallySizeContract({ it, expect }: ContractFramework, storage: () => RecordStorage): void {
  it('are counted for hundreds of experiments at once', async () => {
    const of = Array.from({ length: 50 }, (_, index) => ({ experimentId: index + 1, epoch: 0 }));
    await storage().tallies.write(of.map((one) => total(one, 7, one.experimentId)));
    const counted = await storage().tallies.counted(of, 'total', { from: 0 });
    expect(counted).toHaveLength(50);
    expect(counted.every(({ experimentId, runs }) => experimentId === runs)).toBe(true);
    expect(await storage().tallies.ran(of, 'total', 0)).toHaveLength(50);
    expect(await storage().tallies.totals(of)).toHaveLength(50);
  });

  it('are forgotten part by part, and it can be seen how many are left', async () => {
    const earlier = { ...SEARCH, epoch: 1 };
    const minutes = Array.from({ length: 1_000 }, (_, index) => NOW + index * MINUTE);
    await storage().tallies.write([
      ...minutes.flatMap((time) => [minute(earlier, 1, time), minute(earlier, 2, time, '')]),
      total(earlier, 1, 1),
      total({ ...SEARCH, epoch: 2 }, 1, 1),
      total(OTHER, 1, 1),
    ]);
    const { experimentId } = SEARCH;
    const left = [await storage().tallies.forgettable(experimentId, [2])];
    while (await storage().tallies.forgetSome(earlier)) left.push(await storage().tallies.forgettable(experimentId, [2]));
    expect([left[0], left.at(-1)]).toEqual([2_001, 0]);
    expect(left).toEqual([...new Set(left)].sort((one, other) => other - one));
    expect(await storage().tallies.forgettable(experimentId, [])).toBe(1);
    expect(await storage().tallies.forgettable(OTHER.experimentId, [])).toBe(1);
  }, 60_000);

  it('are forgotten of one epoch, and leave those of others', async () => {
    const epochs = [0, 1, 2].map((epoch) => ({ ...SEARCH, epoch }));
    await storage().tallies.write([...epochs.map((of) => total(of, 1, 1)), minute(SEARCH, 1, NOW), total(OTHER, 1, 1)]);
    await purgeAll(() => storage().tallies.forgetSome({ ...SEARCH, epoch: 1 }));
    const kept = async () => Promise.all([...epochs, OTHER].map(async (of) => (await storage().tallies.totals([of])).length));
    expect(await kept()).toEqual([1, 0, 1, 1]);
    expect(await storage().tallies.seriesBefore('minute', NOW + 1)).toHaveLength(1);
    await purgeAll(() => storage().tallies.forgetSome(SEARCH));
    expect(await storage().tallies.forgetSome(SEARCH)).toBe(false);
    expect(await kept()).toEqual([0, 0, 1, 1]);
    expect(await storage().tallies.seriesBefore('minute', NOW + 1)).toEqual([]);
  });

  it('can be as large as they get: all fields, all bins, and counts of years', async () => {
    const largest = largestTally();
    await storage().tallies.write([{ ...total(SEARCH, 1, 0), content: largest }]);
    expect((await storage().tallies.totals([SEARCH]))[0]?.content).toEqual(largest);
  });

  it('can be as many and as large as one writing has', async () => {
    const largest = largestTally();
    const rows = Array.from({ length: 120 }, (_, index) => ({
      ...total({ experimentId: index + 1, epoch: 0 }, 1, 0),
      content: largest,
    }));
    await storage().tallies.write(rows);
    for (const { experimentId } of rows) expect(await storage().tallies.totals([{ experimentId, epoch: 0 }])).toHaveLength(1);
  }, 60_000);
}
