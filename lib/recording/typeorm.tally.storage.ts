import { setImmediate } from 'node:timers/promises';
import { Between, In, LessThan, MoreThanOrEqual, type DataSource, type FindOptionsWhere, type Repository } from 'typeorm';
import { chunksOf } from '../storage/chunks.js';
import type { Columns } from '../storage/columns.js';
import { removeOrphans } from './orphans.js';
import type { Recorded } from './record.storage.js';
import { statementsOf } from './statements.js';
import type { TallyContent } from './tally.js';
import { TallyEntity } from './tally.entity.js';
import { TallyStorage, type Series, type TallyRow } from './tally.storage.js';
import type { Tier } from './tier.js';

/** How many rows are read in one turn of the event loop. */
const AT_ONCE = 20;

/** Keeps tallies in a table of a data source. */
export class TypeOrmTallyStorage extends TallyStorage {
  private readonly repository: Repository<TallyEntity>;
  private readonly key: string[];
  private readonly content: string[];

  constructor(private readonly dataSource: DataSource) {
    super();
    this.repository = dataSource.getRepository(TallyEntity);
    const { columns } = this.repository.metadata;
    this.key = columns.filter(({ isPrimary }) => isPrimary).map(({ databaseName }) => databaseName);
    this.content = columns.filter(({ isPrimary }) => !isPrimary).map(({ databaseName }) => databaseName);
  }

  async write(rows: readonly TallyRow[]): Promise<void> {
    for (const entities of statementsOf(rows.map(entityOf))) {
      const insert = this.repository.createQueryBuilder().insert().values(entities);
      await insert.orUpdate(this.content, this.key).updateEntity(false).execute();
    }
  }

  totals({ experimentId, epoch }: Recorded): Promise<TallyRow[]> {
    return this.find({ experimentId, epoch, tier: 'total' });
  }

  async ofWriter(writer: number, experimentIds: readonly number[], minute: number): Promise<TallyRow[]> {
    const rows: TallyRow[] = [];
    for (const chunk of chunksOf(experimentIds)) {
      const own = { experimentId: In(chunk), writer };
      rows.push(
        ...(await this.find([
          { ...own, tier: 'total' },
          { ...own, tier: 'minute', startsAt: MoreThanOrEqual(minute) },
        ])),
      );
    }
    return rows;
  }

  seriesBefore(tier: Tier, time: number): Promise<Series[]> {
    return this.repository
      .createQueryBuilder('tally')
      .select('tally.experimentId', 'experimentId')
      .addSelect('tally.epoch', 'epoch')
      .addSelect('tally.tier', 'tier')
      .addSelect('tally.candidate', 'candidate')
      .distinct()
      .where({ tier, startsAt: LessThan(time) })
      .getRawMany<Series>();
  }

  periods(of: Series, from: number, before: number): Promise<TallyRow[]> {
    return this.find(between(of, from, before));
  }

  async forget(of: Series, from: number, before: number): Promise<void> {
    await this.repository.delete(between(of, from, before));
  }

  async forgetAll(experimentId: number, before?: number): Promise<void> {
    await this.repository.delete({ experimentId, ...(before !== undefined && { epoch: LessThan(before) }) });
  }

  forgetOrphans(): Promise<void> {
    return removeOrphans(this.dataSource, this.repository);
  }

  private async find(where: FindOptionsWhere<TallyEntity> | FindOptionsWhere<TallyEntity>[]): Promise<TallyRow[]> {
    const rows: TallyRow[] = [];
    for (const part of chunksOf(await this.repository.findBy(where), AT_ONCE)) {
      rows.push(...part.map(rowOf));
      await setImmediate();
    }
    return rows;
  }
}

function between({ experimentId, epoch, tier, candidate }: Series, from: number, before: number): FindOptionsWhere<TallyEntity> {
  return { experimentId, epoch, tier, candidate, startsAt: Between(from, before - 1) };
}

function entityOf({ content, ...key }: TallyRow): Columns<TallyEntity> {
  const { counts, skipped, control, candidate, delta, speedup, differences, ...numbers } = content;
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
  return {
    ...key,
    ...numbers,
    ...counts,
    skipped: json(skipped),
    controlTimes: json(control),
    candidateTimes: json(candidate),
    deltas: json(delta),
    speedups: json(speedup),
    differences: json(differences),
  };
}

function rowOf(entity: TallyEntity): TallyRow {
  const { experimentId, epoch, tier, startsAt, candidate, writer } = entity;
  return { experimentId, epoch, tier, startsAt, candidate, writer, content: contentOf(entity) };
}

function contentOf(entity: TallyEntity): TallyContent {
  const { firstAt, lastAt, runs, drifted, matched, mismatched, ignored, errored, timedOut } = entity;
  return {
    firstAt,
    lastAt,
    runs,
    drifted,
    counts: { matched, mismatched, ignored, errored, timedOut },
    skipped: parsed(entity.skipped),
    control: parsed(entity.controlTimes),
    candidate: parsed(entity.candidateTimes),
    delta: parsed(entity.deltas),
    speedup: parsed(entity.speedups),
    differences: parsed(entity.differences),
  } as TallyContent; // this library has written it there itself
}

function parsed(json: string | null): unknown {
  return json === null ? null : JSON.parse(json);
}
