import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExperimentRegistry } from '../../lib/experiment/run/experiment-registry.js';
import { SilentFeed } from '../../lib/sync/change-feed.js';
import { ExperimentCache } from '../../lib/sync/experiment-cache.js';
import { MemoryStorage } from '../../lib/storage/memory.storage.js';
import { Heartbeat } from '../../lib/sync/heartbeat.js';
import { StorageHealth } from '../../lib/database/storage-health.js';

const MINUTE = 60_000;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A process that says which experiments it has. */
function processOn(storage = new MemoryStorage()) {
  const registry = new ExperimentRegistry();
  const told: string[] = [];
  const health = new StorageHealth(
    (error) => told.push((error as Error).message),
    () => told.push('recovered'),
  );
  const view = new ExperimentCache(registry, storage, new SilentFeed(), health, 1_000);
  registry.complete({ defaults: [], report: () => {}, publish: () => {}, added: (runner) => view.add(runner) }, new Map());
  const epochs = { epochs: [] as number[], seen: vi.fn() };
  const presence = new Heartbeat(registry, view, storage, health, epochs);
  const said = vi.spyOn(storage, 'seen');
  return {
    storage,
    registry,
    view,
    epochs,
    presence,
    told,
    /** What was said since it was last asked. */
    said: () => said.mock.calls.splice(0).map(([names]) => names),
    start: async (...names: string[]) => {
      for (const name of names) registry.runner(name, 0);
      await view.start();
      presence.start();
      await vi.advanceTimersByTimeAsync(0);
    },
    stop: async () => {
      await presence.stop();
      await view.stop();
    },
  };
}

describe('a process', () => {
  it('says at its start which experiments it has, in one statement', async () => {
    const { start, said, storage, stop } = processOn();
    storage.create([{ name: 'not mine', percentEnabled: 0 }]);
    await start('a', 'b');
    expect(said()).toEqual([['a', 'b']]);
    expect(storage.find('a')?.seenAt).toEqual(new Date());
    expect(storage.find('not mine')?.seenAt).toBeNull();
    await stop();
  });

  it('says it again about every minute, and nothing in between', async () => {
    const { start, said, stop } = processOn();
    await start('a', 'b');
    said();
    await vi.advanceTimersByTimeAsync(50_000);
    expect(said()).toEqual([]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(said()).toEqual([['a', 'b']]);
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    const times = said().length;
    expect(times).toBeGreaterThanOrEqual(8);
    expect(times).toBeLessThanOrEqual(11);
    await stop();
  });

  it('says it soon of an experiment that comes later, and of none twice', async () => {
    const { start, said, registry, stop } = processOn();
    await start('a');
    said();
    registry.runner('later', 0);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(said()).toEqual([['later']]);
    await stop();
  });

  it('says it of an experiment that was removed and has come back', async () => {
    const { start, said, storage, registry, view, stop } = processOn();
    await start('a');
    storage.remove('a', 1);
    view.drop({ name: 'a', id: 1 });
    said();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(said()).toEqual([]);
    void registry.runner('a', 0).isOff();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(said()).toEqual([['a']]);
    expect(storage.find('a')?.seenAt).not.toBeNull();
    await stop();
  });

  it('says nothing while there are no experiments', async () => {
    const { start, said, stop } = processOn();
    await start();
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(said()).toEqual([]);
    await stop();
  });

  it('goes on after the storage was away, and tells of it once', async () => {
    const { start, storage, told, said, stop } = processOn();
    const { seen } = storage;
    storage.seen = () => {
      throw new Error('away');
    };
    await start('a');
    await vi.advanceTimersByTimeAsync(3 * MINUTE);
    expect(told).toEqual(['away']);
    storage.seen = seen;
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    expect(told).toEqual(['away', 'recovered']);
    expect(said().length).toBeGreaterThan(0);
    await stop();
  });

  it('says it again when it could not once, and makes no fuss about it', async () => {
    const { start, storage, told, said, stop } = processOn();
    const { seen } = storage;
    storage.seen = (...saying) => {
      storage.seen = seen;
      seen.apply(storage, saying);
      throw new Error('deadlock detected');
    };
    await start('a');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(said()).toEqual([['a'], ['a']]);
    expect(told).toEqual([]);
    await stop();
  });

  it('writes no more often with others than alone', async () => {
    const shared = new MemoryStorage();
    const processes = [processOn(shared), processOn(shared), processOn(shared)];
    const times = new Set<number>();
    for (const { start } of processes) await start('a');
    for (let second = 0; second < 600; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      times.add(shared.find('a')?.seenAt?.getTime() ?? 0);
    }
    expect(times.size).toBeLessThanOrEqual(20);
    for (const { stop } of processes) await stop();
  });

  it('says it no more when it is stopped, and leaves no timer behind', async () => {
    const { start, said, stop } = processOn();
    await start('a');
    await stop();
    said();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(said()).toEqual([]);
  });
});
