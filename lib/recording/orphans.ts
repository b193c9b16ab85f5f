import type { DataSource, ObjectLiteral, Repository } from 'typeorm';
import { ExperimentEntity } from '../storage/experiment.entity.js';

/** Removes the rows of an entity that belong to no experiment, or are of before its last purge: another process may have written them meanwhile. */
export async function removeOrphans(dataSource: DataSource, repository: Repository<ObjectLiteral>): Promise<void> {
  const escape = (name: string) => dataSource.driver.escape(name);
  const path = dataSource.getMetadata(ExperimentEntity).tablePath.split('.').map(escape).join('.');
  const known = `SELECT ${escape('id')}, COALESCE(${escape('epoch')}, 0) FROM ${path}`;
  await repository
    .createQueryBuilder()
    .delete()
    .where(`(${escape('experiment_id')}, ${escape('epoch')}) NOT IN (${known})`)
    .execute();
}
