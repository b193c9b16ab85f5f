import { IsNull, Not, type DataSource, type Repository } from 'typeorm';
import { WriterEntity } from './writer.entity.js';
import { WriterStorage, type Writer } from './writer.storage.js';

/** How many free writers are tried before a new one is made: others want them too. */
const TRIED = 20;

/** Keeps writers in a table of a data source. */
export class TypeOrmWriterStorage extends WriterStorage {
  private readonly repository: Repository<WriterEntity>;

  constructor(private readonly dataSource: DataSource) {
    super();
    this.repository = dataSource.getRepository(WriterEntity);
  }

  async claim(owner: string): Promise<number> {
    const own = await this.repository.findOneBy({ owner });
    if (own !== null) return own.id;
    const free = await this.repository.find({ where: { owner: IsNull() }, order: { id: 'ASC' }, take: TRIED });
    for (const { id } of free) {
      const { affected } = await this.update({ owner }, { id, owner: IsNull() });
      if (affected === 1) return id;
    }
    await this.repository.createQueryBuilder().insert().values({ owner, beat: 0 }).updateEntity(false).execute();
    return (await this.repository.findOneByOrFail({ owner })).id;
  }

  async beat(id: number, owner: string): Promise<boolean> {
    const beat = this.dataSource.driver.escape('beat');
    // What is older than the largest number of the column begins anew: it need only be another one.
    const next = () => `CASE WHEN ${beat} > 2000000000 THEN 0 ELSE ${beat} + 1 END`;
    const { affected } = await this.update({ beat: next }, { id, owner });
    return affected === 1;
  }

  async owned(): Promise<Writer[]> {
    const entities = await this.repository.find({ where: { owner: Not(IsNull()) }, order: { id: 'ASC' } });
    return entities.map(({ id, owner, beat }) => ({ id, owner: owner ?? '', beat }));
  }

  async release(id: number, owner: string, beat?: number): Promise<void> {
    await this.update({ owner: null }, { id, owner, ...(beat !== undefined && { beat }) });
  }

  private update(set: { owner: string | null } | { beat: () => string }, where: object) {
    return this.repository.createQueryBuilder().update().set(set).where(where).execute();
  }
}
