import { In, type DataSource, type Repository } from 'typeorm';
import { StudiesError } from '../experiment/errors.js';
import { chunksOf } from './chunks.js';
import { ExperimentEntity } from './experiment.entity.js';
import { NEW_ROW, stampOf, type ExperimentRow, type ExperimentSettings, type RunTimes } from './experiment.row.js';
import { ExperimentStorage, SEEN_LATELY, type ExperimentStamp } from './experiment.storage.js';

/** How many experiments are added at once: of thousands that are new, the start of an application waits for. */
const NEW = 1_000;

/**
 * Keeps experiments in a table of a data source. Every method is one statement (for each 100 experiments), and none needs a
 * transaction: the SQLite driver shares one connection with all of the application.
 */
export class TypeOrmStorage extends ExperimentStorage {
  private readonly repository: Repository<ExperimentEntity>;

  /** @throws StudiesError when the data source doesn't know the entity */
  constructor(private readonly dataSource: DataSource) {
    super();
    if (!dataSource.hasMetadata(ExperimentEntity)) {
      throw new StudiesError(
        'ENTITY_NOT_REGISTERED',
        'The data source of StudiesModule does not know its entities. Set "autoLoadEntities: true" in TypeOrmModule.forRoot(), or ' +
          'add them: "entities: [...STUDIES_ENTITIES]".',
      );
    }
    this.repository = dataSource.getRepository(ExperimentEntity);
  }

  override get tablePrefix(): string {
    return this.dataSource.options.entityPrefix ?? '';
  }

  async digest(): Promise<string> {
    // Ids and versions only grow, and no id is given twice, so that no two changes make up for each other.
    const sums = await this.repository
      .createQueryBuilder('experiment')
      .select('COUNT(*)', 'count')
      .addSelect('SUM(experiment.id)', 'ids')
      .addSelect('SUM(experiment.version)', 'versions')
      .addSelect('SUM(experiment.epoch)', 'epochs')
      .getRawOne<object>();
    return JSON.stringify(sums);
  }

  async stamps(): Promise<ExperimentStamp[]> {
    const rows = await this.repository
      .createQueryBuilder('experiment')
      .select('experiment.id', 'id')
      .addSelect('experiment.version', 'version')
      .addSelect('experiment.epoch', 'epoch')
      .getRawMany<{ id: number; version: number; epoch: number | null }>();
    return rows.map(({ id, version, epoch }) => ({ id, stamp: stampOf({ version, epoch: epoch ?? 0 }) }));
  }

  async loadSome(ids: readonly number[]): Promise<ExperimentRow[]> {
    const rows: ExperimentRow[] = [];
    for (const chunk of chunksOf(ids)) rows.push(...(await this.repository.findBy({ id: In(chunk) })));
    return rows;
  }

  load(): Promise<ExperimentRow[]> {
    return this.repository.find();
  }

  async find(name: string): Promise<ExperimentRow | undefined> {
    return (await this.repository.findOneBy({ name })) ?? undefined;
  }

  async findSome(names: readonly string[]): Promise<ExperimentRow[]> {
    const rows: ExperimentRow[] = [];
    for (const chunk of chunksOf(names)) rows.push(...(await this.repository.findBy({ name: In(chunk) })));
    return rows;
  }

  async create(experiments: readonly { name: string; percentEnabled: number }[]): Promise<void> {
    const now = new Date();
    for (const chunk of chunksOf(experiments, NEW)) {
      const rows = chunk.map((experiment) => ({
        ...experiment,
        ...NEW_ROW,
        createdAt: now,
        updatedAt: now,
      }));
      await this.repository.createQueryBuilder().insert().values(rows).orIgnore().updateEntity(false).execute();
    }
  }

  async update(name: string, version: number, settings: ExperimentSettings): Promise<boolean> {
    const { affected } = await this.repository
      .createQueryBuilder()
      .update()
      .set({
        ...settings,
        subjects: [...settings.subjects],
        ignorePaths: [...settings.ignorePaths],
        guardrails: { ...settings.guardrails },
        version: version + 1,
        updatedAt: new Date(),
      })
      .where({ name, version })
      .execute();
    return affected === 1;
  }

  async remove(name: string, version: number): Promise<boolean> {
    const { affected } = await this.repository.createQueryBuilder().delete().where({ name, version }).execute();
    return affected === 1;
  }

  async advanceEpoch(name: string): Promise<void> {
    const epoch = () => `COALESCE(${this.dataSource.driver.escape('epoch')}, 0) + 1`;
    await this.repository.createQueryBuilder().update().set({ epoch }).where({ name }).execute();
  }

  async ran(times: readonly RunTimes[]): Promise<void> {
    for (const chunk of chunksOf(times)) await this.ranChunk(chunk);
  }

  async seen(names: readonly string[], at: Date): Promise<void> {
    const escape = (column: string) => this.dataSource.driver.escape(column);
    const [name, seenAt, time] = [escape('name'), escape('seen_at'), at.getTime()];
    for (const chunk of chunksOf(names)) {
      await this.repository
        .createQueryBuilder()
        .update()
        .set({ seenAt: at })
        .where(`${name} IN (:...names)`, { names: chunk })
        // A time that is later was said by a clock that is ahead, and would stand there for long.
        .andWhere(`(${seenAt} IS NULL OR ${seenAt} NOT BETWEEN :from AND :to)`, {
          from: time - SEEN_LATELY,
          to: time + SEEN_LATELY,
        })
        .execute();
    }
  }

  private async ranChunk(times: readonly RunTimes[]): Promise<void> {
    const escape = (column: string) => this.dataSource.driver.escape(column);
    const first = escape('first_run_at');
    const last = escape('last_run_at');
    // The times are whole numbers of our own, and as parameters PostgreSQL would take them for text.
    const caseOf = (which: 'first' | 'last') => {
      const cases = times.map((time, index) => `WHEN :name${index} THEN ${Math.trunc(time[which])}`);
      return `CASE ${escape('name')} ${cases.join(' ')} END`;
    };
    const firsts = caseOf('first');
    const lasts = caseOf('last');
    await this.repository
      .createQueryBuilder()
      .update()
      .set({
        firstRunAt: () => `CASE WHEN ${first} IS NULL OR ${first} > ${firsts} THEN ${firsts} ELSE ${first} END`,
        lastRunAt: () => `CASE WHEN ${last} IS NULL OR ${last} < ${lasts} THEN ${lasts} ELSE ${last} END`,
      })
      .where(`${escape('name')} IN (:...names)`, { names: times.map(({ name }) => name) })
      .setParameters(Object.fromEntries(times.map(({ name }, index) => [`name${index}`, name])))
      .execute();
  }
}
