import { LessThan, LessThanOrEqual, type FindOptionsWhere, type Repository } from 'typeorm';
import type { TallyEntity } from './tally.entity.js';
import type { Tier } from './tier.js';

/** How many rows are removed by one statement, or a few more: as many as there are of a period. */
const AT_ONCE = 500;

/** Where a row stands in the order of the primary key. */
interface Place {
  readonly epoch: number;
  readonly tier: Tier;
  readonly startsAt: number;
}

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
    const first = await this.placeAt(0, earlier(experimentId, before));
    if (first === undefined) return false;
    const same = { experimentId, epoch: first.epoch, tier: first.tier };
    const last = await this.placeAt(AT_ONCE - 1, same);
    await this.repository.delete({ ...same, ...(last !== undefined && { startsAt: LessThanOrEqual(last.startsAt) }) });
    return true;
  }

  /** The place of the row before which there are so many. */
  private async placeAt(index: number, where: FindOptionsWhere<TallyEntity>): Promise<Place | undefined> {
    const [found] = await this.repository
      .createQueryBuilder('tally')
      .select('tally.epoch', 'epoch')
      .addSelect('tally.tier', 'tier')
      .addSelect('tally.startsAt', 'startsAt')
      .where(where)
      .orderBy('tally.epoch')
      .addOrderBy('tally.tier')
      .addOrderBy('tally.startsAt')
      .offset(index)
      .limit(1)
      .getRawMany<Omit<Place, 'startsAt'> & { startsAt: number | string }>();
    return found && { ...found, startsAt: Number(found.startsAt) };
  }
}

function earlier(experimentId: number, before: number | undefined): FindOptionsWhere<TallyEntity> {
  return { experimentId, ...(before !== undefined && { epoch: LessThan(before) }) };
}
