import { LessThan, LessThanOrEqual, type FindOptionsWhere, type Repository } from 'typeorm';
import type { TallyEntity } from './tally.entity.js';

/** How many rows are removed by one statement, or a few more: as many as there are of a period. */
const AT_ONCE = 500;

/** Removes tallies of experiments part by part, in the order of the primary key, so that each statement looks at little more than it removes. */
export class TypeOrmTallyRemoval {
  constructor(private readonly repository: Repository<TallyEntity>) {}

  /** How many rows there are of an experiment's epochs before one, or of all. */
  count(experimentId: number, before?: number): Promise<number> {
    return this.repository.countBy(earlier(experimentId, before));
  }

  /**
   * Removes some of them.
   *
   * @returns whether there were any
   */
  async removeSome(experimentId: number, before?: number): Promise<boolean> {
    const first = await this.first(earlier(experimentId, before));
    if (first === undefined) return false;
    const same = { experimentId, epoch: first.epoch, tier: first.tier };
    const last = await this.timeAt(AT_ONCE - 1, same);
    await this.repository.delete({ ...same, ...(last !== undefined && { startsAt: LessThanOrEqual(last) }) });
    return true;
  }

  private first(where: FindOptionsWhere<TallyEntity>): Promise<Pick<TallyEntity, 'epoch' | 'tier'> | undefined> {
    return this.repository
      .createQueryBuilder('tally')
      .select('tally.epoch', 'epoch')
      .addSelect('tally.tier', 'tier')
      .where(where)
      .orderBy('tally.epoch')
      .addOrderBy('tally.tier')
      .limit(1)
      .getRawOne<Pick<TallyEntity, 'epoch' | 'tier'>>();
  }

  /** When the period begins of the row before which there are so many. */
  private async timeAt(index: number, where: FindOptionsWhere<TallyEntity>): Promise<number | undefined> {
    const found = await this.repository
      .createQueryBuilder('tally')
      .select('tally.startsAt', 'time')
      .where(where)
      // Of the key, the rest is the same: in its order, MySQL would sort them.
      .orderBy('tally.startsAt')
      .offset(index)
      .limit(1)
      .getRawOne<{ time: number | string }>();
    return found && Number(found.time);
  }
}

function earlier(experimentId: number, before: number | undefined): FindOptionsWhere<TallyEntity> {
  return { experimentId, ...(before !== undefined && { epoch: LessThan(before) }) };
}
