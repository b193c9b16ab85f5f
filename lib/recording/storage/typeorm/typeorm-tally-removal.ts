import { In, LessThanOrEqual, Not, type FindOptionsWhere } from 'typeorm';
import { parseNumber, type RawNumber } from '../../../database/columns.js';
import type { OwnDatabase } from '../../../database/own-database.js';
import type { ExperimentEpoch } from '../../recorded.js';
import { TallyEntity } from '../tally.entity.js';
import type { TallyTier } from '../../tallies/period-tier.js';

/** Number of rows that one statement removes. It may remove a few more to complete a period. */
const AT_ONCE = 500;

/**
 * Removes tallies of epochs in parts. Parts follow the order of the primary key, so that each statement scans little more
 * than it removes.
 */
export class TypeOrmTallyRemoval {
  constructor(private readonly database: OwnDatabase) {}

  /** Counts the rows of an experiment's epochs other than the given ones. */
  async count(experimentId: number, kept: readonly number[]): Promise<number> {
    const found = await this.database.use((statements) =>
      statements
        .of(TallyEntity, 'tally')
        .select('COUNT(*)', 'count')
        .where({ experimentId, ...(kept.length > 0 && { epoch: Not(In(kept)) }) })
        .getRawOne<{ count: RawNumber }>(),
    );
    return parseNumber(found?.count ?? 0);
  }

  /**
   * Removes some of an epoch's rows.
   *
   * @returns whether there were any
   */
  async removeSome({ experimentId, epoch }: ExperimentEpoch): Promise<boolean> {
    const tier = await this.firstTier({ experimentId, epoch });
    if (tier === undefined) return false;
    const same = { experimentId, epoch, tier };
    const last = await this.timeAt(AT_ONCE - 1, same);
    const where = { ...same, ...(last !== undefined && { startsAt: LessThanOrEqual(last) }) };
    await this.database.use((statements) => statements.of(TallyEntity).delete().where(where).execute());
    return true;
  }

  private async firstTier(where: FindOptionsWhere<TallyEntity>): Promise<TallyTier | undefined> {
    const found = await this.database.use((statements) =>
      statements
        .of(TallyEntity, 'tally')
        .select('tally.tier', 'tier')
        .where(where)
        .orderBy('tally.tier')
        .limit(1)
        .getRawOne<{ tier: TallyTier }>(),
    );
    return found?.tier;
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
