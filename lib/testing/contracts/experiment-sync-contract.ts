import type { ExperimentStorage } from '../../storage/experiment.storage.js';
import type { ContractFramework } from './contract-framework.js';
import { AT, SETTINGS } from './experiment-fixtures.js';

/** Tests that processes notice changes, and can say what they have. */
export function experimentSyncContract(
  { it, expect }: ContractFramework,
  storage: () => ExperimentStorage,
  another: () => ExperimentStorage,
): void {
  it('says that something has changed whenever an operator could have changed it, and at no other time', async () => {
    const seen = [await storage().digest()];
    const differs = async (act: () => unknown) => {
      await act();
      const digest = await storage().digest();
      expect(seen).not.toContain(digest);
      expect(await storage().digest()).toBe(digest);
      seen.push(digest);
    };
    await differs(() => storage().create([{ name: 'a', percentEnabled: 0 }]));
    await differs(() => storage().create([{ name: 'b', percentEnabled: 0 }]));
    await differs(() => storage().update('a', 1, SETTINGS, AT));
    await differs(() => storage().update('b', 1, SETTINGS, AT));
    await differs(() => storage().countPurge('a', 0));
    await differs(() => storage().remove('b', 2));
    await differs(() => storage().create([{ name: 'b', percentEnabled: 0 }]));
    await storage().ran([{ name: 'a', first: 1, last: 2 }]);
    await storage().update('a', 7, SETTINGS, AT);
    expect(await storage().digest()).toBe(seen.at(-1));
  });

  it('says what each experiment is at, and gives some of them', async () => {
    await storage().create(['a', 'b', 'c'].map((name) => ({ name, percentEnabled: 0 })));
    const before = new Map((await storage().stamps()).map(({ id, stamp }) => [id, stamp]));
    await storage().update('b', 1, SETTINGS, AT);
    expect(await storage().countPurge('c', 1)).toBe(false);
    expect(await storage().countPurge('c', 0)).toBe(true);
    const moved = (await storage().stamps()).filter(({ id, stamp }) => before.get(id) !== stamp).map(({ id }) => id);
    const rows = await storage().loadSome([...moved, 2_000_000_000]);
    expect(rows.map(({ name }) => name).sort()).toEqual(['b', 'c']);
    expect(rows.every((row) => row.purges === (row.name === 'c' ? 1 : 0))).toBe(true);
    expect(await storage().loadSome([])).toEqual([]);
  });

  it('gives those of some names, each once', async () => {
    const names = ['search', 'Search', `it's`, '🙂'];
    await storage().create([...names, '🙃'].map((name) => ({ name, percentEnabled: 0 })));
    const found = await storage().findSome([...names, 'search', 'gone']);
    expect(found.map(({ name }) => name).sort()).toEqual([...names].sort());
    expect(found).toContainEqual(await storage().find('🙂'));
    expect(await storage().findSome([])).toEqual([]);
  });

  it('notes when a process has said that it has experiments, unless another has about then, and leaves the version', async () => {
    const at = (seconds: number) => new Date(1_763_800_000_000 + seconds * 1_000);
    const seen = async () => (await storage().load()).map(({ name, seenAt }) => [name, seenAt]).sort();
    await storage().create(['a', `it's`, 'never'].map((name) => ({ name, percentEnabled: 0 })));
    const digest = await storage().digest();
    expect(await seen()).toEqual([
      ['a', null],
      [`it's`, null],
      ['never', null],
    ]);
    await storage().seen(['a', 'gone'], at(0));
    await storage().seen(['a', `it's`], at(30));
    await storage().seen(['a'], at(-30));
    expect(await seen()).toEqual([
      ['a', at(0)],
      [`it's`, at(30)],
      ['never', null],
    ]);
    await storage().seen(['a'], at(31));
    // A clock that was ahead is not believed for longer than it takes others to say otherwise.
    await storage().seen([`it's`], at(-10));
    expect(await seen()).toEqual([
      ['a', at(31)],
      [`it's`, at(-10)],
      ['never', null],
    ]);
    await storage().seen([], at(99));
    expect(await storage().digest()).toBe(digest);
    expect((await storage().find('a'))?.version).toBe(1);
  });

  it('is told by many processes at once that they have the same experiments, and has a time of one of them', async () => {
    const names = Array.from({ length: 150 }, (_, index) => `experiment ${index}`);
    await storage().create(names.map((name) => ({ name, percentEnabled: 0 })));
    const times = Array.from({ length: 8 }, (_, index) => new Date(1_763_800_000_000 + index));
    await Promise.all(times.map(async (time) => another().seen(names, time)));
    const rows = await storage().load();
    expect(rows).toHaveLength(150);
    expect(rows.filter(({ seenAt }) => !times.some((time) => time.getTime() === seenAt?.getTime()))).toEqual([]);
  });

  it('takes hundreds of experiments at once', async () => {
    const names = Array.from({ length: 250 }, (_, index) => `experiment ${index}`);
    await storage().create(names.map((name) => ({ name, percentEnabled: 0 })));
    await storage().ran(names.map((name, index) => ({ name, first: index + 1, last: index + 1 })));
    await storage().seen(names, new Date(5));
    const rows = await storage().findSome(names);
    expect(rows.length).toBe(250);
    expect(rows.every(({ seenAt }) => seenAt?.getTime() === 5)).toBe(true);
    expect(rows.every(({ name, lastRunAt }) => `experiment ${(lastRunAt?.getTime() ?? 0) - 1}` === name)).toBe(true);
  });
}
