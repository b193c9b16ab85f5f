import { AsyncLocalStorage } from 'node:async_hooks';
import { DataSource } from 'typeorm';
import { expect, it } from 'vitest';
import { CandidateContext } from '../../lib/experiment/run-context.js';
import { OwnContext } from '../../lib/base/own-context.js';
import { CandidateIsolation } from '../../lib/isolation/candidate-isolation.js';

function guarding(source: DataSource) {
  const storage = new AsyncLocalStorage<CandidateContext>();
  const isolation = new CandidateIsolation(
    { fork: [], poolMax: undefined, effects: { providers: [], allowed: [] } },
    {
      own: new OwnContext(),
      running: () => storage.getStore(),
      report: () => undefined,
      say: () => undefined,
      eachOf: () => 0,
    },
    () => [source, undefined, new Proxy({}, { get: () => expect.unreachable() })],
  );
  isolation.guard();
  return { isolation, storage };
}

async function memory(): Promise<DataSource> {
  return new DataSource({ type: 'better-sqlite3', database: ':memory:' }).initialize();
}

it('a data source that two applications share is guarded for both', async () => {
  const source = await memory();
  const applications = [guarding(source), guarding(source)];
  const runner = source.createQueryRunner();
  await runner.startTransaction();
  for (const { storage } of applications) {
    const candidate = new CandidateContext('experiment', 'candidate');
    await expect(storage.run(candidate, () => runner.query('SELECT 1'))).rejects.toMatchObject({ code: 'CALLERS_TRANSACTION' });
    expect(candidate.refusal).toBe('callersTransaction');
    expect(storage.run(candidate, () => runner.isTransactionActive)).toBe(false);
  }
  expect(runner.isTransactionActive).toBe(true);
  await runner.commitTransaction();
  expect(runner.isTransactionActive).toBe(false);
  await source.destroy();
});

it('the application’s own calls go through as they are: this, arguments, what is given and thrown', async () => {
  const source = await memory();
  guarding(source);
  const runner = source.createQueryRunner();
  expect(await runner.query('SELECT ? AS n', [1])).toEqual([{ n: 1 }]);
  expect(await runner.query('SELECT ? AS n', [1], true)).toMatchObject({ records: [{ n: 1 }] });
  await expect(runner.query('SELECT no_such FROM sqlite_master')).rejects.toThrow('no such column');
  expect(() => runner.stream('SELECT 1')).toThrow('Stream is not supported');
  expect(runner.constructor.name).toBe('BetterSqlite3QueryRunner');
  expect(source.createQueryRunner()).toBe(runner);
  await source.destroy();
});

it('a transaction that has ended, or is begun beside a call, is none of the call’s', async () => {
  const source = await memory();
  const { isolation } = guarding(source);
  expect(isolation.isInTransaction([])).toBe(false);
  await source.transaction(async (manager) => {
    expect(isolation.isInTransaction([])).toBe(true);
    expect(AsyncLocalStorage.snapshot()(() => isolation.isInTransaction([manager]))).toBe(true);
    expect([isolation.isTransactionWithin([{ manager }]), isolation.isTransactionWithin([[manager]])]).toEqual([true, true]);
  });
  expect(isolation.isInTransaction([])).toBe(false);
  const others = [source.manager, new Proxy({}, {}), null, { a: { b: 1 } }];
  expect([isolation.isInTransaction(others), isolation.isTransactionWithin(others)]).toEqual([false, false]);
  await source.destroy();
});
