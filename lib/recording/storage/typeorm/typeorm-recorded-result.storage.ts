import { In, LessThan, LessThanOrEqual, type FindOptionsWhere } from 'typeorm';
import type { Plain } from '../../../values/json-value.js';
import { numberOf, type Columns, type RawNumber } from '../../../database/columns.js';
import type { OwnDatabase } from '../../../database/own-database.js';
import type { Difference } from '../../differences/differences.js';
import { orphansOf } from './orphans.js';
import { SampleEntity } from '../recorded-result.entity.js';
import type { Sample } from '../recorded-result.js';
import { SampleStorage, type SampleRow, type SampleSelection } from '../recorded-result.storage.js';
import { statementsOf } from './statements.js';
import type { Recorded } from '../../recorded.js';

/** How many samples are forgotten by one statement: each can have more than a hundred kilobytes. */
const AT_ONCE = 100;

/** Keeps samples in a table of a data source. */
export class TypeOrmSampleStorage extends SampleStorage {
  constructor(private readonly database: OwnDatabase) {
    super();
  }

  async keep(rows: readonly SampleRow[], limit: number): Promise<void> {
    for (const entities of statementsOf(rows.map(entityOf))) {
      await this.database.use((statements) =>
        statements.of(SampleEntity).insert().values(entities).orIgnore().updateEntity(false).execute(),
      );
    }
    for (const experimentId of new Set(rows.map((row) => row.experimentId))) await this.removeOldest(experimentId, limit);
  }

  async find({ experimentId, epoch }: Recorded, { outcome, candidate, limit, before }: SampleSelection): Promise<Sample[]> {
    const where = {
      experimentId,
      epoch,
      ...(outcome !== undefined && { outcome }),
      ...(candidate !== undefined && { candidate }),
      ...(before !== undefined && { id: LessThan(before) }),
    };
    const entities = await this.database.use((statements) =>
      statements.of(SampleEntity, 'sample').where(where).orderBy('sample.id', 'DESC').limit(limit).getMany(),
    );
    return entities.map(sampleOf);
  }

  async get({ experimentId, epoch }: Recorded, id: string): Promise<Sample | undefined> {
    const [entity] = await this.database.use((statements) =>
      statements.of(SampleEntity, 'sample').where({ experimentId, epoch, id }).getMany(),
    );
    return entity && sampleOf(entity);
  }

  async forgettable(experimentId: number, before?: number): Promise<number> {
    const found = await this.database.use((statements) =>
      statements
        .of(SampleEntity, 'sample')
        .select('COUNT(*)', 'count')
        .where(earlier(experimentId, before))
        .getRawOne<{ count: RawNumber }>(),
    );
    return numberOf(found?.count ?? 0);
  }

  async forgetSome(experimentId: number, before?: number): Promise<boolean> {
    const found = await this.database.use((statements) =>
      statements
        .of(SampleEntity, 'sample')
        .select('sample.id', 'id')
        .where(earlier(experimentId, before))
        .orderBy('sample.id')
        .limit(AT_ONCE)
        .getRawMany<{ id: string }>(),
    );
    if (found.length > 0) await this.remove({ id: In(found.map(({ id }) => id)) });
    return found.length > 0;
  }

  orphans(): Promise<Recorded[]> {
    return orphansOf(this.database, SampleEntity);
  }

  private async removeOldest(experimentId: number, limit: number): Promise<void> {
    const oneTooMany = await this.database.use((statements) =>
      statements
        .of(SampleEntity, 'sample')
        .select('sample.id', 'id')
        .where({ experimentId })
        .orderBy('sample.id', 'DESC')
        .offset(limit)
        .limit(1)
        .getRawOne<{ id: string }>(),
    );
    if (oneTooMany !== undefined) await this.remove({ experimentId, id: LessThanOrEqual(oneTooMany.id) });
  }

  private async remove(where: FindOptionsWhere<SampleEntity>): Promise<void> {
    await this.database.use((statements) => statements.of(SampleEntity).delete().where(where).execute());
  }
}

function earlier(experimentId: number, before: number | undefined): FindOptionsWhere<SampleEntity> {
  return { experimentId, ...(before !== undefined && { epoch: LessThan(before) }) };
}

function entityOf({ control, observed, context, differences, diff, ...row }: SampleRow): Columns<SampleEntity> {
  return {
    ...row,
    controlDid: JSON.stringify(control),
    candidateDid: JSON.stringify(observed),
    context: JSON.stringify(context),
    differences: JSON.stringify(differences),
    diff: diff === null ? null : JSON.stringify(diff),
  };
}

function sampleOf({ id, candidate, outcome, ranAt, controlDid, candidateDid, context, differences, diff }: SampleEntity): Sample {
  const plain = (json: string) => JSON.parse(json) as Plain; // of our own
  return {
    id,
    candidate,
    outcome,
    ranAt,
    control: plain(controlDid),
    observed: plain(candidateDid),
    context: plain(context),
    differences: JSON.parse(differences) as Difference[], // of our own
    diff: diff === null ? null : plain(diff),
  };
}
