import type { RecordStorage } from '../../recording/storage/record.storage.js';
import { DAY, HOUR, MINUTE } from '../../recording/tallies/period-tier.js';
import { NOW, SEARCH, OTHER, content, total, minute, keysOf } from './record-fixtures.js';
import { largestTally } from './largest-records.js';
import type { ContractFramework } from './contract-framework.js';

/** Tests series, their periods, and the parts of totals. */
export function tallyPeriodsContract({ it, expect }: ContractFramework, storage: () => RecordStorage): void {
  it('are taken and given for hundreds of experiments at once', async () => {
    const experiments = Array.from({ length: 250 }, (_, index) => index + 1);
    await storage().tallies.write(experiments.map((experimentId) => total({ experimentId, epoch: 0 }, 7, experimentId)));
    const own = await storage().tallies.ofWriter(
      7,
      experiments.map((experimentId) => ({ experimentId, epoch: 0 })),
      NOW,
    );
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
    const differences = { examined: 1, fields: [] };
    const { evidence } = largestTally();
    const whole = { ...content(1), control: sketch, candidate: sketch, delta: sketch, speedup: sketch, differences, evidence };
    const later = { ...OTHER, epoch: 2 };
    await storage().tallies.write([
      { ...total(SEARCH, 1, 1), content: whole },
      total(OTHER, 1, 1),
      { ...total(later, 1, 1), content: whole },
    ]);
    const read = await storage().tallies.totals([SEARCH, later], ['speedup', 'differences']);
    expect(keysOf(read)).toEqual(['total 0 v2 1', 'total 0 v2 1']);
    const unread = { control: null, candidate: null, delta: null, evidence: null };
    for (const { content: found } of read) expect(found).toEqual({ ...whole, ...unread });
    expect((await storage().tallies.totals([SEARCH], []))[0]?.content).toEqual(content(1));
    expect((await storage().tallies.totals([SEARCH]))[0]?.content).toEqual(whole);
    expect(await storage().tallies.totals([])).toEqual([]);
  });
}
