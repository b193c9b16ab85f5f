import { LessThan, LessThanOrEqual, type DataSource, type Repository } from 'typeorm';
import type { Plain } from '../experiment/plain.js';
import type { Columns } from '../storage/columns.js';
import type { Difference } from './differences/differences.js';
import { removeOrphans } from './orphans.js';
import type { Recorded } from './record.storage.js';
import { SampleEntity } from './sample.entity.js';
import type { Sample } from './sample.js';
import { SampleStorage, type SampleRow, type SampleSelection } from './sample.storage.js';
import { statementsOf } from './statements.js';

/** Keeps samples in a table of a data source. */
export class TypeOrmSampleStorage extends SampleStorage {
  private readonly repository: Repository<SampleEntity>;

  constructor(private readonly dataSource: DataSource) {
    super();
    this.repository = dataSource.getRepository(SampleEntity);
  }

  async keep(rows: readonly SampleRow[], limit: number): Promise<void> {
    for (const entities of statementsOf(rows.map(entityOf))) {
      await this.repository.createQueryBuilder().insert().values(entities).orIgnore().updateEntity(false).execute();
    }
    for (const experimentId of new Set(rows.map((row) => row.experimentId))) await this.removeOldest(experimentId, limit);
  }

  async find({ experimentId, epoch }: Recorded, { outcome, candidate, limit, before }: SampleSelection): Promise<Sample[]> {
    const entities = await this.repository.find({
      where: {
        experimentId,
        epoch,
        ...(outcome !== undefined && { outcome }),
        ...(candidate !== undefined && { candidate }),
        ...(before !== undefined && { id: LessThan(before) }),
      },
      order: { id: 'DESC' },
      take: limit,
    });
    return entities.map(sampleOf);
  }

  async get({ experimentId, epoch }: Recorded, id: string): Promise<Sample | undefined> {
    const entity = await this.repository.findOneBy({ experimentId, epoch, id });
    return entity === null ? undefined : sampleOf(entity);
  }

  async forgetAll(experimentId: number, before?: number): Promise<void> {
    await this.repository.delete({ experimentId, ...(before !== undefined && { epoch: LessThan(before) }) });
  }

  forgetOrphans(): Promise<void> {
    return removeOrphans(this.dataSource, this.repository);
  }

  private async removeOldest(experimentId: number, limit: number): Promise<void> {
    const [oneTooMany] = await this.repository.find({
      select: { id: true },
      where: { experimentId },
      order: { id: 'DESC' },
      skip: limit,
      take: 1,
    });
    if (oneTooMany !== undefined) await this.repository.delete({ experimentId, id: LessThanOrEqual(oneTooMany.id) });
  }
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
