import type { EntityTarget } from 'typeorm';
import { parseNumber, type RawNumber } from '../../../database/columns.js';
import type { OwnDatabase } from '../../../database/own-database.js';
import type { ExperimentEpoch } from '../../recorded.js';
import { EpochEntity } from '../epoch.entity.js';

/** Finds the epochs of an entity's rows whose epoch is gone. */
export async function findOrphans(database: OwnDatabase, entity: EntityTarget<ExperimentEpoch>): Promise<ExperimentEpoch[]> {
  const rows = await database.use((statements) => {
    const known = statements
      .of(EpochEntity, 'known')
      .select('1')
      .where('known.number = kept.epoch')
      .andWhere('known.experimentId = kept.experimentId');
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
