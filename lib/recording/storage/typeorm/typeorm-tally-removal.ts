import { LessThan, LessThanOrEqual, type FindOptionsWhere } from 'typeorm';
import { parseNumber, type RawNumber } from '../../../database/columns.js';
import type { OwnDatabase } from '../../../database/own-database.js';
import { TallyEntity } from '../tally.entity.js';
import type { TallyTier } from '../../tallies/tier.js';

/** How many rows are removed by one statement, or a few more: as many as there are of a period. */
const AT_ONCE = 500;

/** Removes tallies of experiments part by part, in the order of the primary key, so that each statement looks at little more than it removes. */
export class TypeOrmTallyRemoval {
  constructor(private readonly database: OwnDatabase) {}

  /** How many rows there are of an experiment's epochs before one, or of all. */
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
   * Removes some of them.
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

  /** When the period begins of the row before which there are so many. */
  private async timeAt(index: number, where: FindOptionsWhere<TallyEntity>): Promise<number | undefined> {
    const found = await this.database.use((statements) =>
      statements
        .of(TallyEntity, 'tally')
        .select('tally.startsAt', 'time')
        .where(where)
        // Of the key, the rest is the same: in its order, MySQL would sort them.
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
