import { LessThan, LessThanOrEqual, type FindOptionsWhere } from 'typeorm';
import { parseNumber, type RawNumber } from '../../../database/columns.js';
import type { OwnDatabase } from '../../../database/own-database.js';
import { TallyEntity } from '../tally.entity.js';
import type { TallyTier } from '../../tallies/period-tier.js';

/** Number of rows that one statement removes. It may remove a few more to complete a period. */
const AT_ONCE = 500;

/**
 * Removes tallies of experiments in parts. Parts follow the order of the primary key, so that each statement scans little more
 * than it removes.
 */
export class TypeOrmTallyRemoval {
  constructor(private readonly database: OwnDatabase) {}

  /** Counts the rows of an experiment's epochs before the given one, or all its rows. */
  async count(experimentId: number, before?: number): Promise<number> {
    const found = await this.database.use((statements) =>
      statements
        .of(TallyEntity, 'tally')
        .select('COUNT(*)', 'count')
        .where(earlier(experimentId, before))
        .getRawOne<{ count: RawNumber }>(),
    );
    return parseNumber(found?.count ?? 0);
  }

  /**
   * Removes some of these rows.
   *
   * @returns whether there were any
   */
  async removeSome(experimentId: number, before?: number): Promise<boolean> {
    const first = await this.first(earlier(experimentId, before));
    if (first === undefined) return false;
    const same = { experimentId, epoch: parseNumber(first.epoch), tier: first.tier };
    const last = await this.timeAt(AT_ONCE - 1, same);
    const where = { ...same, ...(last !== undefined && { startsAt: LessThanOrEqual(last) }) };
    await this.database.use((statements) => statements.of(TallyEntity).delete().where(where).execute());
    return true;
  }

  private first(where: FindOptionsWhere<TallyEntity>): Promise<{ epoch: RawNumber; tier: TallyTier } | undefined> {
    return this.database.use((statements) =>
      statements
        .of(TallyEntity, 'tally')
        .select('tally.epoch', 'epoch')
        .addSelect('tally.tier', 'tier')
        .where(where)
        .orderBy('tally.epoch')
        .addOrderBy('tally.tier')
        .limit(1)
        .getRawOne<{ epoch: RawNumber; tier: TallyTier }>(),
    );
  }

  /** Returns the start of the period of the row at the given index. */
  private async timeAt(index: number, where: FindOptionsWhere<TallyEntity>): Promise<number | undefined> {
    const found = await this.database.use((statements) =>
      statements
        .of(TallyEntity, 'tally')
        .select('tally.startsAt', 'time')
        .where(where)
        // The other key columns are constant here. Ordering by them too would make MySQL sort.
        .orderBy('tally.startsAt')
        .offset(index)
        .limit(1)
        .getRawOne<{ time: RawNumber }>(),
    );
    return found && parseNumber(found.time);
  }
}

function earlier(experimentId: number, before: number | undefined): FindOptionsWhere<TallyEntity> {
  return { experimentId, ...(before !== undefined && { epoch: LessThan(before) }) };
}
