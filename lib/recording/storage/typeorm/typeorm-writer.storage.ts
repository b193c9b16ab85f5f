import { IsNull, Not, type FindOptionsWhere } from 'typeorm';
import { parseNumber, type RawNumber } from '../../../database/columns.js';
import type { OwnDatabase } from '../../../database/own-database.js';
import { WriterEntity } from '../writer.entity.js';
import { WriterStorage, type TallyWriter } from '../writer.storage.js';

/** Number of free writers to try before a new one is created. Other processes compete for them. */
const TRIED = 20;

/** Keeps writers in a table of a data source. */
export class TypeOrmWriterStorage extends WriterStorage {
  constructor(private readonly database: OwnDatabase) {
    super();
  }

  async claim(owner: string): Promise<number> {
    const [own] = await this.ids({ owner }, 1);
    if (own !== undefined) return own;
    for (const id of await this.ids({ owner: IsNull() }, TRIED)) {
      if (await this.update({ owner }, { id, owner: IsNull() })) return id;
    }
    await this.database.use((statements) =>
      statements.of(WriterEntity).insert().values({ owner, beat: 0 }).updateEntity(false).execute(),
    );
    const [made] = await this.ids({ owner }, 1);
    if (made === undefined) throw new Error('The writer that was just made is not there.');
    return made;
  }

  async beat(id: number, owner: string): Promise<boolean> {
    const beat = this.database.column(WriterEntity, 'beat');
    // Wraps around before the column overflows. Only a change of the value matters.
    const next = () => `CASE WHEN ${beat} > 2000000000 THEN 0 ELSE ${beat} + 1 END`;
    return this.update({ beat: next }, { id, owner });
  }

  async owned(): Promise<TallyWriter[]> {
    const entities = await this.database.use((statements) =>
      statements
        .of(WriterEntity, 'writer')
        .where({ owner: Not(IsNull()) })
        .orderBy('writer.id')
        .getMany(),
    );
    return entities.map(({ id, owner, beat }) => ({ id: parseNumber(id), owner: owner ?? '', beat }));
  }

  async release(id: number, owner: string, beat?: number): Promise<void> {
    await this.update({ owner: null }, { id, owner, ...(beat !== undefined && { beat }) });
  }

  private async ids(where: FindOptionsWhere<WriterEntity>, limit: number): Promise<number[]> {
    const rows = await this.database.use((statements) =>
      statements
        .of(WriterEntity, 'writer')
        .select('writer.id', 'id')
        .where(where)
        .orderBy('writer.id')
        .limit(limit)
        .getRawMany<{ id: RawNumber }>(),
    );
    return rows.map(({ id }) => parseNumber(id));
  }

  private async update(
    set: { owner: string | null } | { beat: () => string },
    where: FindOptionsWhere<WriterEntity>,
  ): Promise<boolean> {
    const { affected } = await this.database.use((statements) =>
      statements.of(WriterEntity).update().set(set).where(where).execute(),
    );
    return affected === 1;
  }
}
