import { setImmediate } from 'node:timers/promises';
import { Between, In, LessThan, MoreThanOrEqual, type FindOptionsWhere } from 'typeorm';
import { splitIntoChunks } from '../../../base/split-into-chunks.js';
import { parseNumber, type RawNumber } from '../../../database/columns.js';
import type { OwnDatabase } from '../../../database/own-database.js';
import { findOrphans } from './orphans.js';
import { groupIntoStatements } from './statement-groups.js';
import { COLUMN_OF, toTallyEntity, toTallyRow } from './tally-columns.js';
import { TallyEntity } from '../tally.entity.js';
import { TallyStorage } from '../tally.storage.js';
import type { TallyTier } from '../../tallies/period-tier.js';
import { othersIn } from './typeorm-other-writers.js';
import { TypeOrmCounts } from './typeorm-counts.js';
import { TypeOrmTallyRemoval } from './typeorm-tally-removal.js';
import type { ExperimentEpoch } from '../../recorded.js';
import type {
  OtherWritersQuery,
  PeriodCounts,
  OtherWritersCounts,
  TallyPart,
  PeriodRuns,
  TallySeries,
  PeriodSkips,
  PeriodSelection,
  TallyRow,
} from '../../tallies/tally-row.js';

/** Number of rows parsed per turn of the event loop. */
const AT_ONCE = 20;

/** Keeps tallies in a table of a data source. */
export class TypeOrmTallyStorage extends TallyStorage {
  private readonly counts: TypeOrmCounts;
  private readonly removal: TypeOrmTallyRemoval;

  constructor(private readonly database: OwnDatabase) {
    super();
    this.counts = new TypeOrmCounts(database);
    this.removal = new TypeOrmTallyRemoval(database);
  }

  async write(rows: readonly TallyRow[]): Promise<void> {
    const { columns } = this.database.dataSource.getMetadata(TallyEntity);
    const key = columns.filter(({ isPrimary }) => isPrimary).map(({ databaseName }) => databaseName);
    const content = columns.filter(({ isPrimary }) => !isPrimary).map(({ databaseName }) => databaseName);
    for (const entities of groupIntoStatements(rows.map(toTallyEntity))) {
      await this.database.use((statements) =>
        statements.of(TallyEntity).insert().values(entities).orUpdate(content, key).updateEntity(false).execute(),
      );
    }
  }

  async totals(of: readonly ExperimentEpoch[], parts?: readonly TallyPart[]): Promise<TallyRow[]> {
    if (of.length === 0) return [];
    const where = of.map(({ experimentId, epoch }) => ({ experimentId, epoch, tier: 'total' as const }));
    return this.find(where, parts && this.columnsWith(parts));
  }

  counted(of: readonly ExperimentEpoch[], tier: TallyTier, stretch: PeriodSelection): Promise<PeriodCounts[]> {
    return this.counts.counted(of, tier, stretch);
  }

  ran(of: readonly ExperimentEpoch[], tier: TallyTier, from: number): Promise<PeriodRuns[]> {
    return this.counts.ran(of, tier, from);
  }

  skipped(of: readonly ExperimentEpoch[], tier: TallyTier, stretch: PeriodSelection): Promise<PeriodSkips[]> {
    return this.counts.skipped(of, tier, stretch);
  }

  others(asked: readonly OtherWritersQuery[], writer: number): Promise<OtherWritersCounts[]> {
    return this.database.use((statements) => othersIn(statements.of(TallyEntity, 'tally'), asked, writer));
  }

  async ofWriter(writer: number, of: readonly ExperimentEpoch[], minute: number): Promise<TallyRow[]> {
    const rows: TallyRow[] = [];
    for (const chunk of splitIntoChunks(of)) {
      const own = {
        experimentId: In(chunk.map(({ experimentId }) => experimentId)),
        epoch: In(chunk.map(({ epoch }) => epoch)),
        writer,
      };
      rows.push(
        ...(await this.find([
          { ...own, tier: 'total' },
          { ...own, tier: 'minute', startsAt: MoreThanOrEqual(minute) },
        ])),
      );
    }
    return rows;
  }

  async seriesBefore(tier: TallyTier, time: number): Promise<TallySeries[]> {
    const rows = await this.database.use((statements) =>
      statements
        .of(TallyEntity, 'tally')
        .select('tally.experimentId', 'experimentId')
        .addSelect('tally.epoch', 'epoch')
        .addSelect('tally.tier', 'tier')
        .addSelect('tally.candidate', 'candidate')
        .distinct()
        .where({ tier, startsAt: LessThan(time) })
        .getRawMany<TallySeries & Record<keyof ExperimentEpoch, RawNumber>>(),
    );
    return rows.map((series) => ({
      ...series,
      experimentId: parseNumber(series.experimentId),
      epoch: parseNumber(series.epoch),
    }));
  }

  periods(of: TallySeries, from: number, before: number): Promise<TallyRow[]> {
    return this.find(between(of, from, before));
  }

  async forget(of: TallySeries, from: number, before: number): Promise<void> {
    const where = between(of, from, before);
    await this.database.use((statements) => statements.of(TallyEntity).delete().where(where).execute());
  }

  forgettable(experimentId: number, kept: readonly number[]): Promise<number> {
    return this.removal.count(experimentId, kept);
  }

  forgetSome(of: ExperimentEpoch): Promise<boolean> {
    return this.removal.removeSome(of);
  }

  orphans(): Promise<ExperimentEpoch[]> {
    return findOrphans(this.database, TallyEntity);
  }

  private async find(
    where: FindOptionsWhere<TallyEntity> | FindOptionsWhere<TallyEntity>[],
    columns?: readonly string[],
  ): Promise<TallyRow[]> {
    const entities = await this.database.use((statements) => {
      const builder = statements.of(TallyEntity, 'tally').where(where);
      if (columns !== undefined) builder.select(columns.map((column) => `tally.${column}`));
      return builder.getMany();
    });
    const rows: TallyRow[] = [];
    for (const part of splitIntoChunks(entities, AT_ONCE)) {
      rows.push(...part.map(toTallyRow));
      await setImmediate();
    }
    return rows;
  }

  private columnsWith(parts: readonly TallyPart[]): string[] {
    const measured: string[] = Object.values(COLUMN_OF);
    const wanted: string[] = parts.map((part) => COLUMN_OF[part]);
    const names = this.database.dataSource.getMetadata(TallyEntity).columns.map(({ propertyName }) => propertyName);
    return names.filter((name) => !measured.includes(name) || wanted.includes(name));
  }
}

function between(
  { experimentId, epoch, tier, candidate }: TallySeries,
  from: number,
  before: number,
): FindOptionsWhere<TallyEntity> {
  return { experimentId, epoch, tier, candidate, startsAt: Between(from, before - 1) };
}
