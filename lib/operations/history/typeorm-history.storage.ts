import { LessThan, LessThanOrEqual } from 'typeorm';
import { splitIntoChunks } from '../../base/split-into-chunks.js';
import type { OwnDatabase } from '../../database/own-database.js';
import { ChangeEntity } from './change.entity.js';
import type { ChangeRecord } from './change-record.js';
import { HistoryStorage } from './history.storage.js';

/** Keeps the history in a table of a data source. */
export class TypeOrmHistoryStorage extends HistoryStorage {
  constructor(private readonly database: OwnDatabase) {
    super();
  }

  async keep(records: readonly ChangeRecord[], limit: number): Promise<void> {
    for (const chunk of splitIntoChunks(records)) {
      const rows = chunk as never[]; // TypeORM's type would descend into the JSON columns
      await this.database.use((statements) =>
        statements.of(ChangeEntity).insert().values(rows).orIgnore().updateEntity(false).execute(),
      );
    }
    for (const experiment of new Set(records.map((record) => record.experiment))) await this.removeOldest(experiment, limit);
  }

  find(experiment: string, limit: number, before?: string): Promise<ChangeRecord[]> {
    return this.database.use((statements) =>
      statements
        .of(ChangeEntity, 'change')
        .where({ experiment, ...(before !== undefined && { id: LessThan(before) }) })
        .orderBy('change.id', 'DESC')
        .limit(limit)
        .getMany(),
    );
  }

  private async removeOldest(experiment: string, limit: number): Promise<void> {
    const oneTooMany = await this.database.use((statements) =>
      statements
        .of(ChangeEntity, 'change')
        .select('change.id', 'id')
        .where({ experiment })
        .orderBy('change.id', 'DESC')
        .offset(limit)
        .limit(1)
        .getRawOne<{ id: string }>(),
    );
    if (oneTooMany === undefined) return;
    const where = { experiment, id: LessThanOrEqual(oneTooMany.id) };
    await this.database.use((statements) => statements.of(ChangeEntity).delete().where(where).execute());
  }
}
