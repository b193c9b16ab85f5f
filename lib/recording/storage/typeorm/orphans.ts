import type { EntityTarget } from 'typeorm';
import { parseNumber, type RawNumber } from '../../../database/columns.js';
import { ExperimentEntity } from '../../../storage/experiment.entity.js';
import type { OwnDatabase } from '../../../database/own-database.js';
import type { ExperimentEpoch } from '../../recorded.js';

/** Finds rows of an entity that belong to no experiment, or to an epoch before its last purge. */
export async function findOrphans(database: OwnDatabase, entity: EntityTarget<ExperimentEpoch>): Promise<ExperimentEpoch[]> {
  const rows = await database.use((statements) => {
    const known = statements
      .of(ExperimentEntity, 'experiment')
      .select('1')
      .where('experiment.id = kept.experimentId')
      .andWhere('experiment.purges = kept.epoch');
    return statements
      .of(entity, 'kept')
      .select('kept.experimentId', 'experimentId')
      .addSelect('kept.epoch', 'epoch')
      .distinct()
      .where(`NOT EXISTS (${known.getQuery()})`)
      .getRawMany<Record<keyof ExperimentEpoch, RawNumber>>();
  });
  return rows.map(({ experimentId, epoch }) => ({ experimentId: parseNumber(experimentId), epoch: parseNumber(epoch) }));
}
