import { purgeAll } from '../../recording/storage/purge.js';
import { NOW, total, minute, sample } from './record-fixtures.js';
import type { ContractFramework, ContractSubject } from './contract-framework.js';
import type { StudiesStorage } from '../../studies/studies.storage.js';

/**
 * Tests that rows without an experiment are found: another process may write them while an experiment is removed or purged. For storages that
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
    const gone = { experimentId: kept + purged + 1, epoch: 0 };
    const all = [{ experimentId: kept, epoch: 0 }, { experimentId: purged, epoch: 1 }, { experimentId: purged, epoch: 0 }, gone];
    await storage.tallies.write(all.flatMap((of) => [total(of, 1, 1), minute(of, 1, NOW)]));
    await storage.results.keep(
      all.map((of, index) => sample(String(index + 1), of)),
      10,
    );
    for (const part of [storage.tallies, storage.results]) {
      const orphans = await part.orphans();
      expect(orphans).toHaveLength(2);
      expect(orphans).toEqual(expect.arrayContaining([{ experimentId: purged, epoch: 0 }, gone]));
      for (const { experimentId, epoch } of orphans) await purgeAll(() => part.forgetSome(experimentId, epoch + 1));
      expect(await part.orphans()).toEqual([]);
    }
    expect(await Promise.all(all.map(async (of) => (await storage.tallies.totals([of])).length))).toEqual([1, 1, 0, 0]);
    expect(await Promise.all(all.map(async (of) => (await storage.results.find(of, { limit: 9 })).length))).toEqual([1, 1, 0, 0]);
    expect(await storage.tallies.seriesBefore('minute', NOW + 1)).toHaveLength(2);
  });
}
