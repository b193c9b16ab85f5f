import type { DataSource, ObjectLiteral, Repository } from 'typeorm';
import { ExperimentEntity } from '../storage/experiment.entity.js';
import type { Recorded } from './record.storage.js';

/**
 * Removes the rows of an entity that belong to no experiment, or are of before its last purge: another process may have written them
 * meanwhile. Looks for them first, since a statement that removes would lock all that it looks at against those who write.
 */
export async function removeOrphans(dataSource: DataSource, repository: Repository<ObjectLiteral>): Promise<void> {
  const experiments = dataSource.getRepository(ExperimentEntity).createQueryBuilder('experiment').select('1');
  const known = experiments
    .where('experiment.id = kept.experimentId')
    .andWhere('COALESCE(experiment.epoch, 0) = kept.epoch')
    .getQuery();
  const orphans = await repository
    .createQueryBuilder('kept')
    .select('kept.experimentId', 'experimentId')
    .addSelect('kept.epoch', 'epoch')
    .distinct()
    .where(`NOT EXISTS (${known})`)
    .getRawMany<Recorded>();
  for (const { experimentId, epoch } of orphans) await repository.delete({ experimentId, epoch });
}
