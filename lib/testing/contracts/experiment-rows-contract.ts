import type { ExperimentStorage } from '../../storage/experiment.storage.js';
import type { ContractFramework } from './contract-framework.js';
import { AT, SETTINGS } from './experiment-fixtures.js';

/** Tests that experiments are stored exactly, and changed by one process at a time. */
export function experimentRowsContract(
  { it, expect }: ContractFramework,
  storage: () => ExperimentStorage,
  another: () => ExperimentStorage,
): void {
  it('has what was created, with the percentage given and nothing else set', async () => {
    const before = Date.now();
    await storage().create([{ name: 'search', percentEnabled: 7.5 }]);
    const row = await storage().find('search');
    expect(row).toMatchObject({
      name: 'search',
      percentEnabled: 7.5,
      startsAt: null,
      endsAt: null,
      subjects: [],
      targetRate: 0.001,
      confidence: 0.95,
      minSpan: 24,
      ignorePaths: [],
      guardrails: {},
      haltedAt: null,
      haltReason: null,
      purges: 0,
      version: 1,
      firstRunAt: null,
      lastRunAt: null,
      seenAt: null,
    });
    expect(row?.createdAt.getTime()).toBeGreaterThanOrEqual(before);
    expect(row?.updatedAt).toEqual(row?.createdAt);
    expect(await storage().load()).toEqual([row]);
    expect(await storage().find('other')).toBeUndefined();
  });

  it('leaves what is there as it is when it is created again', async () => {
    await storage().create([{ name: 'search', percentEnabled: 5 }]);
    await storage().create([
      { name: 'search', percentEnabled: 100 },
      { name: 'other', percentEnabled: 1 },
    ]);
    expect((await storage().load()).map(({ name, percentEnabled }) => [name, percentEnabled]).sort()).toEqual([
      ['other', 1],
      ['search', 5],
    ]);
  });

  it('creates an experiment once when many processes do at the same time', async () => {
    const processes = Array.from({ length: 8 }, () => another());
    await Promise.all(processes.map(async (process, index) => process.create([{ name: 'search', percentEnabled: index }])));
    expect((await storage().load()).length).toBe(1);
  });

  it('takes names for the same only if they are: case, accents, emoji and all kinds of characters count', async () => {
    const names = ['search', 'Search', 'séarch', '🙂', '🙃', 'a/b c.d', `it's "quoted" \\ %_`, 'ß', 'ss', 'x'.repeat(100)];
    await storage().create(names.map((name) => ({ name, percentEnabled: 0 })));
    expect((await storage().load()).map(({ name }) => name).sort()).toEqual([...names].sort());
    for (const name of names) expect((await storage().find(name))?.name).toBe(name);
  });

  it('gives back what is set, to the millisecond and the hundredth', async () => {
    await storage().create([{ name: 'search', percentEnabled: 0 }]);
    const settings = {
      percentEnabled: 33.33,
      startsAt: new Date('2026-03-29T01:30:00.123Z'),
      endsAt: new Date('2026-10-25T00:30:00.999Z'),
      subjects: ['ann', 'Zoë', `o'hara; DROP TABLE`, '🙂', '\\'],
      targetRate: 0.000001,
      confidence: 0.999999,
      minSpan: 8_784,
      guardrails: { errorRate: 0.25, blockedFor: null },
      haltedAt: new Date('2026-10-25T00:30:00.001Z'),
      haltReason: `it's "why" 🙂`,
      ignorePaths: ['$.items[*].price', `$['it''s']`],
    };
    expect(await storage().update('search', 1, settings, AT)).toBe(true);
    expect(await storage().find('search')).toMatchObject({ ...settings, version: 2, updatedAt: AT });
    for (const percentEnabled of [0, 0.01, 0.29, 99.99, 100]) {
      const { version = 0 } = (await storage().find('search')) ?? {};
      await storage().update('search', version, { ...SETTINGS, percentEnabled }, AT);
      expect((await storage().find('search'))?.percentEnabled).toBe(percentEnabled);
    }
  });

  it('changes and removes only the version that is asked for', async () => {
    await storage().create([{ name: 'search', percentEnabled: 0 }]);
    expect(await storage().update('search', 2, SETTINGS, AT)).toBe(false);
    expect(await storage().update('search', 1, SETTINGS, AT)).toBe(true);
    expect(await storage().update('search', 1, { ...SETTINGS, percentEnabled: 1 }, AT)).toBe(false);
    expect(await storage().remove('search', 1)).toBe(false);
    expect((await storage().find('search'))?.percentEnabled).toBe(12.34);
    expect(await storage().remove('search', 2)).toBe(true);
    expect(await storage().remove('search', 2)).toBe(false);
    expect(await storage().load()).toEqual([]);
  });

  it('lets one of many changes of a version through', async () => {
    await storage().create([{ name: 'search', percentEnabled: 0 }]);
    const processes = Array.from({ length: 8 }, () => another());
    const done = await Promise.all(
      processes.map(async (process, index) => process.update('search', 1, { ...SETTINGS, percentEnabled: index }, AT)),
    );
    expect(done.filter(Boolean).length).toBe(1);
    expect(await storage().find('search')).toMatchObject({ version: 2, percentEnabled: done.indexOf(true) });
  });

  it('moves the first run only back and the last run only on, and leaves the version', async () => {
    await storage().create([
      { name: 'search', percentEnabled: 0 },
      { name: `it's`, percentEnabled: 0 },
      { name: 'idle', percentEnabled: 0 },
    ]);
    await storage().ran([
      { name: 'search', first: 1_763_800_000_100, last: 1_763_800_000_200 },
      { name: `it's`, first: 1_763_800_000_000, last: 1_763_800_000_000 },
      { name: 'gone', first: 1, last: 2 },
    ]);
    await storage().ran([{ name: 'search', first: 1_763_800_000_150, last: 1_763_800_000_160 }]);
    await storage().ran([{ name: 'search', first: 1_763_800_000_050, last: 1_763_800_000_300 }]);
    expect(await storage().find('search')).toMatchObject({
      firstRunAt: new Date(1_763_800_000_050),
      lastRunAt: new Date(1_763_800_000_300),
      version: 1,
    });
    expect(await storage().find(`it's`)).toMatchObject({ lastRunAt: new Date(1_763_800_000_000) });
    expect(await storage().find('idle')).toMatchObject({ firstRunAt: null, lastRunAt: null });
    await storage().ran([]);
  });
}
