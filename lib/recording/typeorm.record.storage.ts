import { LessThan, LessThanOrEqual, type DataSource, type ObjectLiteral, type Repository } from 'typeorm';
import { chunksOf } from '../storage/chunks.js';
import { ExperimentEntity } from '../storage/experiment.entity.js';
import type { Plain } from '../experiment/plain.js';
import type { Difference } from './differences/differences.js';
import type { DifferenceContent } from './difference.tally.js';
import { RecordStorage, type NewSample, type Recorded, type SampleSelection, type TallyRow } from './record.storage.js';
import type { Sample } from './sample.js';
import { SampleEntity } from './sample.entity.js';
import type { Measures } from './tally.js';
import { TallyEntity } from './tally.entity.js';
import { KEPT } from './tier.js';

const KEY = ['experiment_id', 'epoch', 'tier', 'starts_at', 'candidate', 'writer'];
const CONTENT = [
  'written_at',
  'first_at',
  'last_at',
  'runs',
  'matched',
  'mismatched',
  'ignored',
  'errored',
  'timed_out',
  'measures',
  'differences',
];

/**
 * Keeps results in tables of a data source. Every statement stands for itself, since the SQLite driver shares one connection with
 * all of the application: a transaction of ours would hold statements of others.
 */
export class TypeOrmRecordStorage extends RecordStorage {
  private readonly tallies: Repository<TallyEntity>;
  private readonly kept: Repository<SampleEntity>;

  constructor(private readonly dataSource: DataSource) {
    super();
    this.tallies = dataSource.getRepository(TallyEntity);
    this.kept = dataSource.getRepository(SampleEntity);
  }

  async write(rows: readonly TallyRow[]): Promise<void> {
    const writtenAt = Date.now();
    for (const chunk of chunksOf(rows)) {
      const entities = chunk.map((row) => ({ ...entityOf(row), writtenAt }));
      await this.tallies.createQueryBuilder().insert().values(entities).orUpdate(CONTENT, KEY).updateEntity(false).execute();
    }
  }

  async totals({ experimentId, epoch }: Recorded): Promise<TallyRow[]> {
    const entities = await this.tallies.findBy({ experimentId, epoch, tier: 'total' });
    return entities.map(rowOf);
  }

  async keep(samples: readonly NewSample[], limit: number): Promise<void> {
    for (const chunk of chunksOf(samples)) {
      const entities = chunk.map(sampleEntityOf);
      await this.kept.createQueryBuilder().insert().values(entities).updateEntity(false).execute();
    }
    for (const experimentId of new Set(samples.map((sample) => sample.experimentId))) {
      const [oneTooMany] = await this.kept.find({
        select: { id: true },
        where: { experimentId },
        order: { id: 'DESC' },
        skip: limit,
        take: 1,
      });
      if (oneTooMany !== undefined) await this.kept.delete({ experimentId, id: LessThanOrEqual(oneTooMany.id) });
    }
  }

  async samples(of: Recorded, { outcome, candidate, limit, before }: SampleSelection): Promise<Sample[]> {
    const entities = await this.kept.find({
      where: {
        ...keyOf(of),
        ...(outcome !== undefined && { outcome }),
        ...(candidate !== undefined && { candidate }),
        ...(before !== undefined && { id: LessThan(before) }),
      },
      order: { id: 'DESC' },
      take: limit,
    });
    return entities.map(sampleOf);
  }

  async sample(of: Recorded, id: number): Promise<Sample | undefined> {
    const entity = await this.kept.findOneBy({ ...keyOf(of), id });
    return entity === null ? undefined : sampleOf(entity);
  }

  async forget({ experimentId, epoch }: Recorded): Promise<void> {
    await this.tallies.delete({ experimentId, epoch: LessThan(epoch) });
    await this.kept.delete({ experimentId, epoch: LessThan(epoch) });
  }

  async tidy(now: number): Promise<void> {
    for (const tier of ['minute', 'hour'] as const) {
      await this.tallies.delete({ tier, startsAt: LessThan(now - KEPT[tier]) });
    }
    await this.removeOrphans(this.tallies);
    await this.removeOrphans(this.kept);
  }

  /** What belongs to an experiment that is gone, or is of before a purge: another process may have written it meanwhile. */
  private async removeOrphans(repository: Repository<ObjectLiteral>): Promise<void> {
    const escape = (name: string) => this.dataSource.driver.escape(name);
    const path = this.dataSource.getMetadata(ExperimentEntity).tablePath.split('.').map(escape).join('.');
    const known = `SELECT ${escape('id')}, ${escape('epoch')} FROM ${path}`;
    await repository
      .createQueryBuilder()
      .delete()
      .where(`(${escape('experiment_id')}, ${escape('epoch')}) NOT IN (${known})`)
      .execute();
  }
}

function keyOf({ experimentId, epoch }: Recorded): Recorded {
  return { experimentId, epoch };
}

function entityOf({ content, ...key }: TallyRow): Omit<TallyEntity, 'writtenAt'> {
  const { firstAt, lastAt, runs, counts, measures, differences } = content;
  return {
    ...key,
    firstAt,
    lastAt,
    runs,
    ...counts,
    measures: JSON.stringify(measures),
    differences: differences === null ? null : JSON.stringify(differences),
  };
}

function rowOf(entity: TallyEntity): TallyRow {
  const { experimentId, epoch, tier, startsAt, candidate, writer, firstAt, lastAt, runs, measures, differences } = entity;
  const { matched, mismatched, ignored, errored, timedOut } = entity;
  return {
    experimentId,
    epoch,
    tier,
    startsAt,
    candidate,
    writer,
    content: {
      firstAt,
      lastAt,
      runs,
      counts: { matched, mismatched, ignored, errored, timedOut },
      measures: JSON.parse(measures) as Measures, // of our own
      differences: differences === null ? null : (JSON.parse(differences) as DifferenceContent), // of our own
    },
  };
}

function sampleEntityOf({ control, observed, context, differences, diff, ...sample }: NewSample): Omit<SampleEntity, 'id'> {
  return {
    ...sample,
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
