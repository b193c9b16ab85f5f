import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryStorage } from '../../lib/storage/memory.storage.js';
import type { ExperimentRow } from '../../lib/storage/experiment-row.js';
import { INTERVAL, isOn, processOn, type Process } from '../support/processes.js';

const ANSWER = 2_000;

describe('turning an experiment off', () => {
  let shared: MemoryStorage;
  let process: Process;
  /** Has a storage that hangs answer. */
  let answer = () => {};

  beforeEach(async () => {
    vi.useFakeTimers();
    shared = new MemoryStorage();
    process = processOn(shared);
    process.registry.runner('search', 100);
    await process.view.start();
    expect(isOn(process, 'search')).toBe(true);
  });
  afterEach(async () => {
    answer();
    await process.turningOff.stop();
  });

  const stored = () => shared.find('search') as ExperimentRow; // it was created
  /** Somebody changes it in another process. */
  const changeElsewhere = (percentEnabled: number, at = new Date()) =>
    shared.update('search', stored().version, { ...stored(), percentEnabled }, at);
  const off = () => process.catalog.change('search', { percentEnabled: 0 });

  it('is obeyed before anything is asked of the storage', async () => {
    const wasOn: boolean[] = [];
    const find = process.storage.find.bind(process.storage);
    vi.spyOn(process.storage, 'find').mockImplementation((name) => {
      wasOn.push(isOn(process, 'search'));
      return find(name);
    });
    const changed = off();
    expect(isOn(process, 'search')).toBe(false);
    await changed;
    expect(wasOn).toEqual([false]);
  });

  it('is answered with what was written, which is not read again', async () => {
    const changed = await off();
    expect(changed).toEqual({ ...stored(), stored: true });
    expect(changed).toMatchObject({ percentEnabled: 0, version: 2 });
    expect(process.storage.statements.filter((statement) => statement === 'find')).toHaveLength(1);
  });

  it.each([
    ['fails', () => (process.storage.failure = new Error('away'))],
    ['hangs', () => (process.storage.gate = new Promise((resolve) => (answer = resolve)))],
  ])('is answered in time where the storage %s, and says that it is not stored', async (_, fail) => {
    void fail();
    const changed = off();
    await vi.advanceTimersByTimeAsync(ANSWER);
    expect(await changed).toMatchObject({ name: 'search', percentEnabled: 0, version: 1, stored: false, targetRate: 0.001 });
    expect(isOn(process, 'search')).toBe(false);
  });

  it('is stored when the storage answers again, with all that was changed, and told once', async () => {
    process.storage.failure = new Error('away');
    const changed = await process.catalog.change('search', { percentEnabled: 0, subjects: ['ann'] }, { actor: 'ann' });
    expect(changed).toMatchObject({ stored: false, subjects: [] });
    await vi.advanceTimersByTimeAsync(60_000);
    expect([isOn(process, 'search'), stored().percentEnabled]).toEqual([false, 100]);
    process.storage.failure = undefined;
    await vi.advanceTimersByTimeAsync(31_000);
    expect(stored()).toMatchObject({ percentEnabled: 0, subjects: ['ann'], version: 2 });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(stored().version).toBe(2);
    expect(process.told.filter((message) => message === 'away')).toHaveLength(2); // reading, and writing
  });

  it('holds while the old row is read again and again', async () => {
    const update = vi.spyOn(process.storage, 'update').mockRejectedValue(new Error('read-only'));
    await off();
    shared.create([{ name: 'other', percentEnabled: 0 }]); // so that all is read again
    await vi.advanceTimersByTimeAsync(5 * INTERVAL);
    expect(process.view.find('other')).toBeDefined();
    expect(isOn(process, 'search')).toBe(false);
    update.mockRestore();
    await vi.advanceTimersByTimeAsync(10 * INTERVAL);
    expect([isOn(process, 'search'), stored().percentEnabled]).toEqual([false, 0]);
  });

  it('ends where somebody has turned it on again meanwhile, and says so', async () => {
    vi.spyOn(process.storage, 'update').mockRejectedValueOnce(new Error('read-only'));
    expect((await off()).stored).toBe(false);
    await vi.advanceTimersByTimeAsync(100);
    changeElsewhere(50);
    await vi.advanceTimersByTimeAsync(3 * INTERVAL);
    expect(stored()).toMatchObject({ percentEnabled: 50, version: 2 });
    expect(isOn(process, 'search')).toBe(true);
    expect(process.told.at(-1)).toContain('was changed by someone else');
  });

  it('is stored over what was changed before, and was not known here', async () => {
    changeElsewhere(50, new Date(Date.now() - 500));
    vi.spyOn(process.storage, 'update').mockRejectedValueOnce(new Error('read-only'));
    expect((await off()).stored).toBe(false);
    await vi.advanceTimersByTimeAsync(3 * INTERVAL);
    expect(stored()).toMatchObject({ percentEnabled: 0, version: 3 });
    expect(isOn(process, 'search')).toBe(false);
  });

  it('for a version that is gone is refused, and leaves what is there', async () => {
    changeElsewhere(50);
    const refused = process.catalog.change('search', { percentEnabled: 0 }, { version: 1 });
    expect(isOn(process, 'search')).toBe(false);
    await expect(refused).rejects.toMatchObject({ code: 'VERSION_CONFLICT', details: { expected: 1, actual: 2 } });
    expect(isOn(process, 'search')).toBe(true);
    await vi.advanceTimersByTimeAsync(INTERVAL * 1.1);
    const known = process.catalog.change('search', { percentEnabled: 0 }, { version: 1 });
    expect(isOn(process, 'search')).toBe(true);
    await expect(known).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
  });

  it('of what is removed, or with what is wrong, is refused, and changes nothing', async () => {
    const wrong = process.catalog.change('search', { percentEnabled: 0, startsAt: new Date(2), endsAt: new Date(1) });
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_CHANGE' });
    expect(isOn(process, 'search')).toBe(true);
    shared.remove('search', 1);
    await expect(off()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(process.catalog.change('nowhere', { percentEnabled: 0 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is taken back by whoever turns it on here before it is stored', async () => {
    const update = vi.spyOn(process.storage, 'update').mockRejectedValueOnce(new Error('read-only'));
    expect((await off()).stored).toBe(false);
    await vi.advanceTimersByTimeAsync(100);
    expect(await process.catalog.change('search', { percentEnabled: 100 })).toMatchObject({ version: 2, stored: true });
    expect(isOn(process, 'search')).toBe(true);
    await vi.advanceTimersByTimeAsync(5 * INTERVAL);
    expect([isOn(process, 'search'), stored().percentEnabled, update.mock.calls.length]).toEqual([true, 100, 2]);
  });

  it('is tried once more at the end, and told where that fails', async () => {
    process.storage.failure = new Error('away');
    await off();
    process.storage.failure = undefined;
    await process.turningOff.stop();
    expect(stored()).toMatchObject({ percentEnabled: 0, version: 2 });
    await process.catalog.change('search', { percentEnabled: 100 });
    process.storage.failure = new Error('away');
    await off();
    expect(process.told.at(-1)).toContain('Turn it off again');
  });
});
