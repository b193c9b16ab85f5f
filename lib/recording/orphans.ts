import type { DataSource, ObjectLiteral, Repository } from 'typeorm';
import { ExperimentEntity } from '../storage/experiment.entity.js';
import type { Recorded } from './record.storage.js';

/** Whose rows of an entity belong to no experiment, or are of before its last purge. */
export function orphansOf(dataSource: DataSource, repository: Repository<ObjectLiteral>): Promise<Recorded[]> {
  const experiments = dataSource.getRepository(ExperimentEntity).createQueryBuilder('experiment').select('1');
  const known = experiments
    .where('experiment.id = kept.experimentId')
    .andWhere('COALESCE(experiment.epoch, 0) = kept.epoch')
    .getQuery();
  return repository
    .createQueryBuilder('kept')
    .select('kept.experimentId', 'experimentId')
    .addSelect('kept.epoch', 'epoch')
    .distinct()
    .where(`NOT EXISTS (${known})`)
    .getRawMany<Recorded>();
}
