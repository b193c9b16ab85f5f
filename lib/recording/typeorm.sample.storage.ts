import { In, LessThan, LessThanOrEqual, type DataSource, type FindOptionsWhere, type Repository } from 'typeorm';
import type { Plain } from '../experiment/plain.js';
import type { Columns } from '../storage/columns.js';
import type { Difference } from './differences/differences.js';
import { orphansOf } from './orphans.js';
import type { Recorded } from './record.storage.js';
import { SampleEntity } from './sample.entity.js';
import type { Sample } from './sample.js';
import { SampleStorage, type SampleRow, type SampleSelection } from './sample.storage.js';
import { statementsOf } from './statements.js';

/** How many samples are forgotten by one statement: each can have more than a hundred kilobytes. */
const AT_ONCE = 100;

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

  forgettable(experimentId: number, before?: number): Promise<number> {
    return this.repository.countBy(earlier(experimentId, before));
  }

  async forgetSome(experimentId: number, before?: number): Promise<boolean> {
    const where = earlier(experimentId, before);
    const found = await this.repository.find({ select: { id: true }, where, order: { id: 'ASC' }, take: AT_ONCE });
    if (found.length > 0) await this.repository.delete({ id: In(found.map(({ id }) => id)) });
    return found.length > 0;
  }

  orphans(): Promise<Recorded[]> {
    return orphansOf(this.dataSource, this.repository);
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
