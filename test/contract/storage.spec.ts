import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ExperimentSettings } from '../../lib/storage/experiment-row.js';
import type { ExperimentStorage } from '../../lib/storage/experiment.storage.js';
import { MemoryStorage } from '../../lib/storage/memory.storage.js';
import { TypeOrmStorage } from '../../lib/storage/typeorm.storage.js';
import { OwnDatabase } from '../../lib/database/own-database.js';
import { databasesFor, emptied, removed } from './databases.js';

const databases = await databasesFor('contract_');

interface Kept {
  /** A storage of a process of its own. */
  storage(): ExperimentStorage;
  clear(): Promise<void>;
}

const SETTINGS: ExperimentSettings = {
  percentEnabled: 12.34,
  startsAt: null,
  endsAt: null,
  subjects: [],
  targetRate: 0.01,
  confidence: 0.9,
  ignorePaths: [],
  guardrails: {},
  haltedAt: null,
  haltReason: null,
};

/** When what is changed is changed. */
const AT = new Date('2026-05-01T10:20:30.456Z');

/** What every storage promises. */
function contract(kept: () => Kept): void {
  let storage: ExperimentStorage;
  beforeEach(async () => {
    await kept().clear();
    storage = kept().storage();
  });

  it('has what was created, with the percentage given and nothing else set', async () => {
    const before = Date.now();
    await storage.create([{ name: 'search', percentEnabled: 7.5 }]);
    const row = await storage.find('search');
    expect(row).toMatchObject({
      name: 'search',
      percentEnabled: 7.5,
      startsAt: null,
      endsAt: null,
      subjects: [],
      targetRate: 0.001,
      confidence: 0.95,
      ignorePaths: [],
      guardrails: {},
      haltedAt: null,
      haltReason: null,
      epoch: 0,
      version: 1,
      firstRunAt: null,
      lastRunAt: null,
      seenAt: null,
    });
    expect(row?.createdAt.getTime()).toBeGreaterThanOrEqual(before);
    expect(row?.updatedAt).toEqual(row?.createdAt);
    expect(await storage.load()).toEqual([row]);
    expect(await storage.find('other')).toBeUndefined();
  });

  it('leaves what is there as it is when it is created again', async () => {
    await storage.create([{ name: 'search', percentEnabled: 5 }]);
    await storage.create([
      { name: 'search', percentEnabled: 100 },
      { name: 'other', percentEnabled: 1 },
    ]);
    expect((await storage.load()).map(({ name, percentEnabled }) => [name, percentEnabled]).sort()).toEqual([
      ['other', 1],
      ['search', 5],
    ]);
  });

  it('creates an experiment once when many processes do at the same time', async () => {
    const processes = Array.from({ length: 8 }, () => kept().storage());
    await Promise.all(processes.map(async (process, index) => process.create([{ name: 'search', percentEnabled: index }])));
    expect((await storage.load()).length).toBe(1);
  });

  it('takes names for the same only if they are: case, accents, emoji and all kinds of characters count', async () => {
    const names = ['search', 'Search', 'séarch', '🙂', '🙃', 'a/b c.d', `it's "quoted" \\ %_`, 'ß', 'ss', 'x'.repeat(100)];
    await storage.create(names.map((name) => ({ name, percentEnabled: 0 })));
    expect((await storage.load()).map(({ name }) => name).sort()).toEqual([...names].sort());
    for (const name of names) expect((await storage.find(name))?.name).toBe(name);
  });

  it('gives back what is set, to the millisecond and the hundredth', async () => {
    await storage.create([{ name: 'search', percentEnabled: 0 }]);
    const settings = {
      percentEnabled: 33.33,
      startsAt: new Date('2026-03-29T01:30:00.123Z'),
      endsAt: new Date('2026-10-25T00:30:00.999Z'),
      subjects: ['ann', 'Zoë', `o'hara; DROP TABLE`, '🙂', '\\'],
      targetRate: 0.000001,
      confidence: 0.999999,
      guardrails: { errorRate: 0.25, blockedFor: null },
      haltedAt: new Date('2026-10-25T00:30:00.001Z'),
      haltReason: `it's "why" 🙂`,
      ignorePaths: ['$.items[*].price', `$['it''s']`],
    };
    expect(await storage.update('search', 1, settings, AT)).toBe(true);
    expect(await storage.find('search')).toMatchObject({ ...settings, version: 2, updatedAt: AT });
    for (const percentEnabled of [0, 0.01, 0.29, 99.99, 100]) {
      const { version = 0 } = (await storage.find('search')) ?? {};
      await storage.update('search', version, { ...SETTINGS, percentEnabled }, AT);
      expect((await storage.find('search'))?.percentEnabled).toBe(percentEnabled);
    }
  });

  it('changes and removes only the version that is asked for', async () => {
    await storage.create([{ name: 'search', percentEnabled: 0 }]);
    expect(await storage.update('search', 2, SETTINGS, AT)).toBe(false);
    expect(await storage.update('search', 1, SETTINGS, AT)).toBe(true);
    expect(await storage.update('search', 1, { ...SETTINGS, percentEnabled: 1 }, AT)).toBe(false);
    expect(await storage.remove('search', 1)).toBe(false);
    expect((await storage.find('search'))?.percentEnabled).toBe(12.34);
    expect(await storage.remove('search', 2)).toBe(true);
    expect(await storage.remove('search', 2)).toBe(false);
    expect(await storage.load()).toEqual([]);
  });

  it('lets one of many changes of a version through', async () => {
    await storage.create([{ name: 'search', percentEnabled: 0 }]);
    const processes = Array.from({ length: 8 }, () => kept().storage());
    const done = await Promise.all(
      processes.map(async (process, index) => process.update('search', 1, { ...SETTINGS, percentEnabled: index }, AT)),
    );
    expect(done.filter(Boolean).length).toBe(1);
    expect(await storage.find('search')).toMatchObject({ version: 2, percentEnabled: done.indexOf(true) });
  });

  it('moves the first run only back and the last run only on, and leaves the version', async () => {
    await storage.create([
      { name: 'search', percentEnabled: 0 },
      { name: `it's`, percentEnabled: 0 },
      { name: 'idle', percentEnabled: 0 },
    ]);
    await storage.ran([
      { name: 'search', first: 1_763_800_000_100, last: 1_763_800_000_200 },
      { name: `it's`, first: 1_763_800_000_000, last: 1_763_800_000_000 },
      { name: 'gone', first: 1, last: 2 },
    ]);
    await storage.ran([{ name: 'search', first: 1_763_800_000_150, last: 1_763_800_000_160 }]);
    await storage.ran([{ name: 'search', first: 1_763_800_000_050, last: 1_763_800_000_300 }]);
    expect(await storage.find('search')).toMatchObject({
      firstRunAt: new Date(1_763_800_000_050),
      lastRunAt: new Date(1_763_800_000_300),
      version: 1,
    });
    expect(await storage.find(`it's`)).toMatchObject({ lastRunAt: new Date(1_763_800_000_000) });
    expect(await storage.find('idle')).toMatchObject({ firstRunAt: null, lastRunAt: null });
    await storage.ran([]);
  });

  it('says that something has changed whenever an operator could have changed it, and at no other time', async () => {
    const seen = [await storage.digest()];
    const differs = async (act: () => unknown) => {
      await act();
      const digest = await storage.digest();
      expect(seen).not.toContain(digest);
      expect(await storage.digest()).toBe(digest);
      seen.push(digest);
    };
    await differs(() => storage.create([{ name: 'a', percentEnabled: 0 }]));
    await differs(() => storage.create([{ name: 'b', percentEnabled: 0 }]));
    await differs(() => storage.update('a', 1, SETTINGS, AT));
    await differs(() => storage.update('b', 1, SETTINGS, AT));
    await differs(() => storage.advanceEpoch('a', 0));
    await differs(() => storage.remove('b', 2));
    await differs(() => storage.create([{ name: 'b', percentEnabled: 0 }]));
    await storage.ran([{ name: 'a', first: 1, last: 2 }]);
    await storage.update('a', 7, SETTINGS, AT);
    expect(await storage.digest()).toBe(seen.at(-1));
  });

  it('says what each experiment is at, and gives some of them', async () => {
    await storage.create(['a', 'b', 'c'].map((name) => ({ name, percentEnabled: 0 })));
    const before = new Map((await storage.stamps()).map(({ id, stamp }) => [id, stamp]));
    await storage.update('b', 1, SETTINGS, AT);
    expect(await storage.advanceEpoch('c', 1)).toBe(false);
    expect(await storage.advanceEpoch('c', 0)).toBe(true);
    const moved = (await storage.stamps()).filter(({ id, stamp }) => before.get(id) !== stamp).map(({ id }) => id);
    const rows = await storage.loadSome([...moved, 2_000_000_000]);
    expect(rows.map(({ name }) => name).sort()).toEqual(['b', 'c']);
    expect(rows.every((row) => row.epoch === (row.name === 'c' ? 1 : 0))).toBe(true);
    expect(await storage.loadSome([])).toEqual([]);
  });

  it('gives those of some names, each once', async () => {
    const names = ['search', 'Search', `it's`, '🙂'];
    await storage.create([...names, '🙃'].map((name) => ({ name, percentEnabled: 0 })));
    const found = await storage.findSome([...names, 'search', 'gone']);
    expect(found.map(({ name }) => name).sort()).toEqual([...names].sort());
    expect(found).toContainEqual(await storage.find('🙂'));
    expect(await storage.findSome([])).toEqual([]);
  });

  it('notes when a process has said that it has experiments, unless another has about then, and leaves the version', async () => {
    const at = (seconds: number) => new Date(1_763_800_000_000 + seconds * 1_000);
    const seen = async () => (await storage.load()).map(({ name, seenAt }) => [name, seenAt]).sort();
    await storage.create(['a', `it's`, 'never'].map((name) => ({ name, percentEnabled: 0 })));
    const digest = await storage.digest();
    expect(await seen()).toEqual([
      ['a', null],
      [`it's`, null],
      ['never', null],
    ]);
    await storage.seen(['a', 'gone'], at(0));
    await storage.seen(['a', `it's`], at(30));
    await storage.seen(['a'], at(-30));
    expect(await seen()).toEqual([
      ['a', at(0)],
      [`it's`, at(30)],
      ['never', null],
    ]);
    await storage.seen(['a'], at(31));
    // A clock that was ahead is not believed for longer than it takes others to say otherwise.
    await storage.seen([`it's`], at(-10));
    expect(await seen()).toEqual([
      ['a', at(31)],
      [`it's`, at(-10)],
      ['never', null],
    ]);
    await storage.seen([], at(99));
    expect(await storage.digest()).toBe(digest);
    expect((await storage.find('a'))?.version).toBe(1);
  });

  it('is told by many processes at once that they have the same experiments, and has a time of one of them', async () => {
    const names = Array.from({ length: 150 }, (_, index) => `experiment ${index}`);
    await storage.create(names.map((name) => ({ name, percentEnabled: 0 })));
    const times = Array.from({ length: 8 }, (_, index) => new Date(1_763_800_000_000 + index));
    await Promise.all(times.map(async (time) => kept().storage().seen(names, time)));
    const rows = await storage.load();
    expect(rows).toHaveLength(150);
    expect(rows.filter(({ seenAt }) => !times.some((time) => time.getTime() === seenAt?.getTime()))).toEqual([]);
  });

  it('takes hundreds of experiments at once', async () => {
    const names = Array.from({ length: 250 }, (_, index) => `experiment ${index}`);
    await storage.create(names.map((name) => ({ name, percentEnabled: 0 })));
    await storage.ran(names.map((name, index) => ({ name, first: index + 1, last: index + 1 })));
    await storage.seen(names, new Date(5));
    const rows = await storage.findSome(names);
    expect(rows.length).toBe(250);
    expect(rows.every(({ seenAt }) => seenAt?.getTime() === 5)).toBe(true);
    expect(rows.every(({ name, lastRunAt }) => `experiment ${(lastRunAt?.getTime() ?? 0) - 1}` === name)).toBe(true);
  });
}

describe('a storage in memory', () => {
  let shared: MemoryStorage;
  contract(() => ({
    storage: () => shared,
    clear: async () => {
      shared = new MemoryStorage();
    },
  }));
});

for (const { name, options } of databases) {
  describe.runIf(options !== undefined)(`a storage on ${name}`, () => {
    let source: DataSource | undefined;
    beforeAll(async () => {
      if (options === undefined) return;
      source = await emptied(options);
      await source.runMigrations();
    });
    afterAll(() => removed(source));

    contract(() => {
      const at = source as DataSource; // made before the tests
      return {
        storage: () => new TypeOrmStorage(new OwnDatabase(at)),
        clear: async () => {
          await at.query(`DELETE FROM ${options?.entityPrefix ?? ''}studies_experiment`);
        },
      };
    });
  });
}
