import { In, LessThan, LessThanOrEqual, Not, type FindOptionsWhere } from 'typeorm';
import type { JsonValue } from '../../../values/json-value.js';
import { parseNumber, type Columns, type RawNumber } from '../../../database/columns.js';
import type { OwnDatabase } from '../../../database/own-database.js';
import type { ValueDifference } from '../../differences/differences.js';
import { findOrphans } from './orphans.js';
import { RecordedResultEntity } from '../recorded-result.entity.js';
import type { RecordedResult } from '../recorded-result.js';
import { RecordedResultStorage, type RecordedResultRow, type RecordedResultSelection } from '../recorded-result.storage.js';
import { groupIntoStatements } from './statement-groups.js';
import type { ExperimentEpoch } from '../../recorded.js';

/** Number of recorded results that one statement removes. Each can take more than a hundred kilobytes. */
const AT_ONCE = 100;

/** Keeps recorded results in a table of a data source. */
export class TypeOrmRecordedResultStorage extends RecordedResultStorage {
  constructor(private readonly database: OwnDatabase) {
    super();
  }

  async keep(rows: readonly RecordedResultRow[], limit: number): Promise<void> {
    for (const entities of groupIntoStatements(rows.map(toEntity))) {
      await this.database.use((statements) =>
        statements.of(RecordedResultEntity).insert().values(entities).orIgnore().updateEntity(false).execute(),
      );
    }
    for (const experimentId of new Set(rows.map((row) => row.experimentId))) await this.removeOldest(experimentId, limit);
  }

  async find(
    { experimentId, epoch }: ExperimentEpoch,
    { outcome, candidate, limit, before }: RecordedResultSelection,
  ): Promise<RecordedResult[]> {
    const where = {
      experimentId,
      epoch,
      ...(outcome !== undefined && { outcome }),
      ...(candidate !== undefined && { candidate }),
      ...(before !== undefined && { id: LessThan(before) }),
    };
    const entities = await this.database.use((statements) =>
      statements.of(RecordedResultEntity, 'sample').where(where).orderBy('sample.id', 'DESC').limit(limit).getMany(),
    );
    return entities.map(fromEntity);
  }

  async get(experimentId: number, id: string): Promise<RecordedResultRow | undefined> {
    const [entity] = await this.database.use((statements) =>
      statements.of(RecordedResultEntity, 'sample').where({ experimentId, id }).getMany(),
    );
    return entity && { experimentId, epoch: entity.epoch, ...fromEntity(entity) };
  }

  async forgettable(experimentId: number, kept: readonly number[]): Promise<number> {
    const found = await this.database.use((statements) =>
      statements
        .of(RecordedResultEntity, 'sample')
        .select('COUNT(*)', 'count')
        .where({ experimentId, ...(kept.length > 0 && { epoch: Not(In(kept)) }) })
        .getRawOne<{ count: RawNumber }>(),
    );
    return parseNumber(found?.count ?? 0);
  }

  async forgetSome({ experimentId, epoch }: ExperimentEpoch): Promise<boolean> {
    const found = await this.database.use((statements) =>
      statements
        .of(RecordedResultEntity, 'sample')
        .select('sample.id', 'id')
        .where({ experimentId, epoch })
        .orderBy('sample.id')
        .limit(AT_ONCE)
        .getRawMany<{ id: string }>(),
    );
    if (found.length > 0) await this.remove({ id: In(found.map(({ id }) => id)) });
    return found.length > 0;
  }

  orphans(): Promise<ExperimentEpoch[]> {
    return findOrphans(this.database, RecordedResultEntity);
  }

  private async removeOldest(experimentId: number, limit: number): Promise<void> {
    const oneTooMany = await this.database.use((statements) =>
      statements
        .of(RecordedResultEntity, 'sample')
        .select('sample.id', 'id')
        .where({ experimentId })
        .orderBy('sample.id', 'DESC')
        .offset(limit)
        .limit(1)
        .getRawOne<{ id: string }>(),
    );
    if (oneTooMany !== undefined) await this.remove({ experimentId, id: LessThanOrEqual(oneTooMany.id) });
  }

  private async remove(where: FindOptionsWhere<RecordedResultEntity>): Promise<void> {
    await this.database.use((statements) => statements.of(RecordedResultEntity).delete().where(where).execute());
  }
}

function toEntity({ control, observed, context, differences, diff, ...row }: RecordedResultRow): Columns<RecordedResultEntity> {
  return {
    ...row,
    controlDid: JSON.stringify(control),
    candidateDid: JSON.stringify(observed),
    context: JSON.stringify(context),
    differences: JSON.stringify(differences),
    diff: diff === null ? null : JSON.stringify(diff),
  };
}

function fromEntity({
  id,
  candidate,
  outcome,
  ranAt,
  controlDid,
  candidateDid,
  context,
  differences,
  diff,
}: RecordedResultEntity): RecordedResult {
  const plain = (json: string) => JSON.parse(json) as JsonValue; // written by this library
  return {
    id,
    candidate,
    outcome,
    ranAt,
    control: plain(controlDid),
    observed: plain(candidateDid),
    context: plain(context),
    differences: JSON.parse(differences) as ValueDifference[], // written by this library
    diff: diff === null ? null : plain(diff),
  };
}
