import { LessThan, LessThanOrEqual, type DataSource, type Repository } from 'typeorm';
import { chunksOf } from '../chunks.js';
import { ChangeEntity } from './change.entity.js';
import type { ChangeRecord } from './change.record.js';
import { HistoryStorage } from './history.storage.js';

/** Keeps the history in a table of a data source. */
export class TypeOrmHistoryStorage extends HistoryStorage {
  private readonly repository: Repository<ChangeEntity>;

  constructor(dataSource: DataSource) {
    super();
    this.repository = dataSource.getRepository(ChangeEntity);
  }

  async keep(records: readonly ChangeRecord[], limit: number): Promise<void> {
    for (const chunk of chunksOf(records)) {
      const rows = chunk as never[]; // TypeORM's type would look into JSON
      await this.repository.createQueryBuilder().insert().values(rows).orIgnore().updateEntity(false).execute();
    }
    for (const experiment of new Set(records.map((record) => record.experiment))) {
      const [oneTooMany] = await this.repository.find({
        select: { id: true },
        where: { experiment },
        order: { id: 'DESC' },
        skip: limit,
        take: 1,
      });
      if (oneTooMany !== undefined) await this.repository.delete({ experiment, id: LessThanOrEqual(oneTooMany.id) });
    }
  }

  find(experiment: string, limit: number, before?: string): Promise<ChangeRecord[]> {
    return this.repository.find({
      where: { experiment, ...(before !== undefined && { id: LessThan(before) }) },
      order: { id: 'DESC' },
      take: limit,
    });
  }
}
