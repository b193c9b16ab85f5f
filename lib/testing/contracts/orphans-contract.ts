import { purgeAll } from '../../recording/storage/purge.js';
import { identifyResults } from '../../recording/epoch.js';
import { NOW, SEARCH, total, minute, sample } from './record-fixtures.js';
import type { ContractFramework, ContractSubject } from './contract-framework.js';
import type { StudiesStorage } from '../../studies/studies.storage.js';

/**
 * Tests that rows without an experiment or an epoch are found: another process may write them while these are removed or purged. For storages that
 * several processes share.
 *
 * @publicApi
 */
export function orphansContract(
  { beforeEach, it, expect }: ContractFramework,
  subject: ContractSubject<Pick<StudiesStorage, 'experiments' | 'records'>>,
): void {
  beforeEach(async () => {
    await subject.clear();
  });

  it('is forgotten: of experiments that are gone, and of before their last purge', async () => {
    const { experiments, records: storage } = subject.storage();
    await experiments.create([
      { name: 'kept', percentEnabled: 0 },
      { name: 'purged', percentEnabled: 0 },
    ]);
    await experiments.countPurge('purged', 0);
    const idOf = async (experiment: string) => (await experiments.find(experiment))?.id ?? 0;
    const [kept, purged] = [await idOf('kept'), await idOf('purged')];
    const key = { release: 'a', fingerprint: 'b', salt: 'c' };
    const entered = await storage.epochs.enter(
      [
        { ...key, experimentId: kept, purges: 0 },
        { ...key, experimentId: purged, purges: 1 },
        { ...key, experimentId: purged, purges: 0 },
        { ...key, experimentId: kept + purged + 1, purges: 0 },
      ],
      new Date(NOW),
    );
    const [, , before, gone] = entered.map(identifyResults);
    const orphans = await storage.epochs.orphans();
    expect(orphans).toHaveLength(2);
    expect(orphans).toEqual(expect.arrayContaining([before, gone]));
    await storage.epochs.remove(orphans.map(({ epoch }) => epoch));
    expect(await storage.epochs.orphans()).toEqual([]);
  });

  it('is forgotten: of epochs that are gone', async () => {
    const { records: storage } = subject.storage();
    const key = { experimentId: 1, purges: 0, fingerprint: 'b', salt: 'c' };
    const entered = await storage.epochs.enter(
      ['a', 'b'].map((release) => ({ ...key, release })),
      new Date(NOW),
    );
    const [kept = SEARCH, gone = SEARCH] = entered.map(identifyResults);
    const all = [kept, gone, { ...kept, experimentId: 2 }];
    await storage.epochs.remove([gone.epoch]);
    await storage.tallies.write(all.flatMap((of) => [total(of, 1, 1), minute(of, 1, NOW)]));
    await storage.results.keep(
      all.map((of, index) => sample(String(index + 1), of)),
      10,
    );
    for (const part of [storage.tallies, storage.results]) {
      const orphans = await part.orphans();
      expect(orphans).toHaveLength(2);
      expect(orphans).toEqual(expect.arrayContaining(all.slice(1)));
      for (const of of orphans) await purgeAll(() => part.forgetSome(of));
      expect(await part.orphans()).toEqual([]);
    }
    expect(await Promise.all(all.map(async (of) => (await storage.tallies.totals([of])).length))).toEqual([1, 0, 0]);
    expect(await Promise.all(all.map(async (of) => (await storage.results.find(of, { limit: 9 })).length))).toEqual([1, 0, 0]);
    expect(await storage.tallies.seriesBefore('minute', NOW + 1)).toHaveLength(1);
  });
}
