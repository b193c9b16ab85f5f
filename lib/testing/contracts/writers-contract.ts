import type { RecordStorage } from '../../recording/storage/record.storage.js';
import type { ContractFramework } from './contract-framework.js';

/** Tests that each owner has a number of its own. */
export function writersContract({ it, expect }: ContractFramework, storage: () => RecordStorage): void {
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
