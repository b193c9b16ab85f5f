import { describe, expect, it, vi } from 'vitest';
import type { ExperimentRow } from '../../lib/storage/experiment-row.js';
import { MemoryStorage } from '../../lib/storage/memory.storage.js';
import { INTERVAL, isOn, processOn } from '../support/processes.js';

describe('the view of the stored experiments', () => {
  it('stores new experiments at start with the percentage of the code, and leaves the others as they are', async () => {
    const shared = new MemoryStorage();
    shared.create([{ name: 'known', percentEnabled: 0 }]);
    const process = processOn(shared);
    process.registry.runner('known', 100);
    process.registry.runner('new', 50);
    await process.view.start();
    expect(shared.load().map(({ name, percentEnabled }) => [name, percentEnabled])).toEqual([
      ['known', 0],
      ['new', 50],
    ]);
    expect([isOn(process, 'known'), isOn(process, 'new')]).toEqual([false, true]);
  });

  it('reads again only what an operator has changed elsewhere', async () => {
    vi.useFakeTimers();
    const shared = new MemoryStorage();
    const process = processOn(shared);
    for (const name of ['a', 'b', 'c']) process.registry.runner(name, 0);
    await process.view.start();
    const asked = vi.spyOn(process.storage, 'loadSome');
    shared.update('b', 1, { ...(shared.find('b') as ExperimentRow), percentEnabled: 100 }, new Date()); // it was created
    await vi.advanceTimersByTimeAsync(2 * INTERVAL);
    expect(['a', 'b', 'c'].map((name) => isOn(process, name))).toEqual([false, true, false]);
    expect(asked.mock.calls).toEqual([[[shared.find('b')?.id]]]);
    shared.remove('b', 2);
    await vi.advanceTimersByTimeAsync(2 * INTERVAL);
    expect(process.view.find('b')).toBeUndefined();
  });

  it('stores an experiment that comes later at its first use', async () => {
    const process = processOn();
    await process.view.start();
    process.registry.runner('later', 100);
    await vi.waitFor(() => expect(isOn(process, 'later')).toBe(true));
  });

  it('asks the storage once an interval, however many experiments there are and calls are made', async () => {
    vi.useFakeTimers();
    const process = processOn();
    for (let index = 0; index < 100; index += 1) process.registry.runner(`experiment ${index}`, 0);
    await process.view.start();
    process.storage.statements.length = 0;
    for (let call = 0; call < 1_000; call += 1) isOn(process, 'experiment 1');
    await vi.advanceTimersByTimeAsync(10 * INTERVAL);
    expect(new Set(process.storage.statements)).toEqual(new Set(['digest']));
    expect(process.storage.statements.length).toBeGreaterThanOrEqual(9);
    expect(process.storage.statements.length).toBeLessThanOrEqual(11);
  });

  it('obeys what another process has set within an interval, and its own at once', async () => {
    vi.useFakeTimers();
    const shared = new MemoryStorage();
    const [one, other] = [processOn(shared), processOn(shared)];
    for (const { registry, view } of [one, other]) {
      registry.runner('search', 0);
      await view.start();
    }
    await one.catalog.change('search', { percentEnabled: 100 });
    expect([isOn(one, 'search'), isOn(other, 'search')]).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(INTERVAL * 1.1);
    expect(isOn(other, 'search')).toBe(true);
  });

  it('is not put back by an answer that is older than its own change', async () => {
    const process = processOn();
    process.registry.runner('search', 100);
    await process.view.start();
    let open = () => {};
    process.storage.gate = new Promise((resolve) => (open = resolve));
    process.registry.runner('other', 0); // asks the storage, whose answer is on its way
    process.storage.gate = Promise.resolve();
    await process.catalog.change('search', { percentEnabled: 0 });
    open();
    await vi.waitFor(() => expect(process.registry.runner('other', 0).sampler.isWanted).toBe(false));
    expect(isOn(process, 'search')).toBe(false);
  });

  it('keeps the last known values while the storage is away, and tells once that it is, and once that it is back', async () => {
    vi.useFakeTimers();
    const process = processOn();
    process.registry.runner('search', 100);
    await process.view.start();
    process.storage.failure = new Error('away');
    await vi.advanceTimersByTimeAsync(5 * INTERVAL);
    expect(isOn(process, 'search')).toBe(true);
    expect(process.told).toEqual(['away']);
    process.storage.failure = undefined;
    await vi.advanceTimersByTimeAsync(12 * INTERVAL);
    expect(process.told).toEqual(['away', 'recovered']);
  });

  it('starts without the storage, with all experiments off, and turns them on when it answers', async () => {
    vi.useFakeTimers();
    const process = processOn();
    process.storage.failure = new Error('away');
    process.registry.runner('search', 100);
    await process.view.start();
    expect(isOn(process, 'search')).toBe(false);
    process.storage.failure = undefined;
    await vi.advanceTimersByTimeAsync(2 * INTERVAL);
    expect(isOn(process, 'search')).toBe(true);
  });

  it('does not hold the start up for a storage that hangs', async () => {
    vi.useFakeTimers();
    const process = processOn();
    process.storage.gate = new Promise(() => {});
    const started = process.view.start();
    await vi.advanceTimersByTimeAsync(5_000);
    await started;
  });

  it('says which migrations to run where the table is missing', async () => {
    const process = processOn();
    process.storage.failure = new Error('SQLITE_ERROR: no such table: studies_experiment');
    await process.view.start();
    expect(process.told[0]).toContain('"migrations: [...STUDIES_MIGRATIONS]"');
  });

  it('stores an experiment that was removed again when it is called, and not before', async () => {
    vi.useFakeTimers();
    const shared = new MemoryStorage();
    const process = processOn(shared);
    process.registry.runner('search', 100);
    await process.view.start();
    await process.catalog.remove('search');
    expect(process.registry.runner('search', 0).sampler.isWanted).toBe(false);
    await vi.advanceTimersByTimeAsync(3 * INTERVAL);
    expect(shared.load()).toEqual([]);
    expect(isOn(process, 'search')).toBe(false);
    await vi.advanceTimersByTimeAsync(2 * INTERVAL);
    expect(shared.load().length).toBe(1);
    expect(isOn(process, 'search')).toBe(true);
  });

  it('writes when experiments ran in batches, and keeps what could not be written', async () => {
    vi.useFakeTimers();
    const shared = new MemoryStorage();
    const process = processOn(shared);
    const runner = process.registry.runner('search', 100);
    await process.view.start();
    process.storage.statements.length = 0;
    process.storage.failure = new Error('away');
    for (let at = 1_000; at < 2_000; at += 1) runner.state.times.note(at);
    await vi.advanceTimersByTimeAsync(2 * INTERVAL);
    expect(shared.find('search')?.lastRunAt).toBeNull();
    process.storage.failure = undefined;
    process.storage.statements.length = 0;
    runner.state.times.note(3_000);
    await vi.advanceTimersByTimeAsync(1.1 * INTERVAL);
    expect(shared.find('search')).toMatchObject({ firstRunAt: new Date(1_000), lastRunAt: new Date(3_000) });
    expect(process.storage.statements.filter((statement) => statement === 'ran').length).toBe(1);
  });

  it('writes what is to be written when it stops, and leaves no timer behind', async () => {
    vi.useFakeTimers();
    const shared = new MemoryStorage();
    const process = processOn(shared);
    const runner = process.registry.runner('search', 100);
    await process.view.start();
    runner.state.times.note(5);
    await process.view.stop();
    expect(shared.find('search')?.lastRunAt).toEqual(new Date(5));
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a change by an operator', () => {
  const changed = async (change: object) => {
    const shared = new MemoryStorage();
    shared.create([{ name: 'search', percentEnabled: 5 }]);
    const before = shared.find('search');
    const { catalog } = processOn(shared);
    const error = await catalog.change('search', change).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    return { error, isUnchanged: shared.find('search') === before };
  };

  it.each<[string, unknown]>([
    ['below 0', -0.01],
    ['above 100', 100.01],
    ['that is not a number', NaN],
    ['that is infinite', Infinity],
    ['with three decimals', 12.345],
    ['as a string', '5'],
    ['that is null', null],
  ])('to a percentage %s is refused, and nothing is stored', async (_, percentEnabled) => {
    const { error, isUnchanged } = await changed({ percentEnabled });
    expect(error).toMatchObject({ code: 'INVALID_CHANGE', details: { fields: [{ field: 'percentEnabled' }] } });
    expect(isUnchanged).toBe(true);
  });

  it('to a period that ends before it starts, or of an unknown field, is refused, and nothing is stored', async () => {
    const period = await changed({ startsAt: new Date(2), endsAt: new Date(1) });
    expect(period).toMatchObject({ error: { details: { fields: [{ field: 'endsAt' }] } }, isUnchanged: true });
    const unknown = await changed({ percentEnabeld: 5 });
    expect(unknown).toMatchObject({ error: { details: { fields: [{ field: 'percentEnabeld' }] } }, isUnchanged: true });
  });

  it('of an unknown experiment is refused', async () => {
    await expect(processOn().catalog.change('nowhere', { percentEnabled: 1 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('for an older version is refused; without a version, changes at the same time are all made', async () => {
    const shared = new MemoryStorage();
    shared.create([{ name: 'search', percentEnabled: 5 }]);
    const { catalog } = processOn(shared);
    await catalog.change('search', { percentEnabled: 6 }, { version: 1 });
    await expect(catalog.change('search', { percentEnabled: 7 }, { version: 1 })).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
    });
    await expect(catalog.remove('search', { version: 1 })).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    await Promise.all([catalog.change('search', { percentEnabled: 8 }), catalog.change('search', { subjects: ['ann', 'ann'] })]);
    expect(shared.find('search')).toMatchObject({ version: 4, percentEnabled: 8, subjects: ['ann'] });
  });
});
