import { In, type FindOptionsWhere } from 'typeorm';
import { splitIntoChunks } from '../base/split-into-chunks.js';
import { parseNumber, type RawNumber } from '../database/columns.js';
import { ExperimentEntity } from './experiment.entity.js';
import {
  NEW_EXPERIMENT,
  versionStamp,
  type ExperimentRow,
  type ExperimentSettings,
  type NewExperiment,
  type RunTimes,
} from './experiment-row.js';
import { ExperimentStorage, SEEN_LATELY, type ExperimentStamp } from './experiment.storage.js';
import type { OwnDatabase } from '../database/own-database.js';
import { requireEntity } from '../database/require-entity.js';
import { readTableNames } from '../database/table-names.js';
import type { TableNames } from '../database/tables.js';

/** Number of experiments that one statement adds. It is large, because the start of an application waits for it. */
const NEW = 1_000;

/**
 * Keeps experiments in a table of a data source. Every method is one statement (per chunk of experiments), and none needs a
 * transaction, because the SQLite driver shares one connection with the whole application.
 */
export class TypeOrmStorage extends ExperimentStorage {
  /** @throws StudiesError `ENTITY_NOT_REGISTERED` when the data source doesn't know the entity */
  constructor(private readonly database: OwnDatabase) {
    super();
    // One that the application initialises itself, later, knows none before. It is checked then with each statement.
    if (database.dataSource.isInitialized) requireEntity(database.dataSource, ExperimentEntity);
  }

  override get tables(): TableNames {
    return readTableNames(this.database.dataSource);
  }

  async digest(): Promise<string> {
    // Ids and versions only grow, and no id is reused, so no two changes cancel out.
    const sums = await this.database.use((statements) =>
      statements
        .of(ExperimentEntity, 'experiment')
        .select('COUNT(*)', 'count')
        .addSelect('SUM(experiment.id)', 'ids')
        .addSelect('SUM(experiment.version)', 'versions')
        .addSelect('SUM(experiment.purges)', 'purges')
        .getRawOne<Record<'count' | 'ids' | 'versions' | 'purges', RawNumber | null>>(),
    );
    return [sums?.count, sums?.ids, sums?.versions, sums?.purges].map((sum) => String(sum ?? 0)).join('.');
  }

  async stamps(): Promise<ExperimentStamp[]> {
    const rows = await this.database.use((statements) =>
      statements
        .of(ExperimentEntity, 'experiment')
        .select('experiment.id', 'id')
        .addSelect('experiment.version', 'version')
        .addSelect('experiment.purges', 'purges')
        .getRawMany<Record<'id' | 'version' | 'purges', RawNumber>>(),
    );
    return rows.map(({ id, version, purges }) => ({
      id: parseNumber(id),
      stamp: versionStamp({ version: parseNumber(version), purges: parseNumber(purges) }),
    }));
  }

  async loadSome(ids: readonly number[]): Promise<ExperimentRow[]> {
    const rows: ExperimentRow[] = [];
    for (const chunk of splitIntoChunks(ids)) rows.push(...(await this.rows({ id: In(chunk) })));
    return rows;
  }

  load(): Promise<ExperimentRow[]> {
    return this.rows({});
  }

  async find(name: string): Promise<ExperimentRow | undefined> {
    const [row] = await this.rows({ name });
    return row;
  }

  async findSome(names: readonly string[]): Promise<ExperimentRow[]> {
    const rows: ExperimentRow[] = [];
    for (const chunk of splitIntoChunks(names)) rows.push(...(await this.rows({ name: In(chunk) })));
    return rows;
  }

  async create(experiments: readonly NewExperiment[]): Promise<void> {
    const now = new Date();
    for (const chunk of splitIntoChunks(experiments, NEW)) {
      const rows = chunk.map((experiment) => ({
        ...experiment,
        ...NEW_EXPERIMENT,
        createdAt: now,
        updatedAt: now,
      }));
      await this.database.use((statements) =>
        statements.of(ExperimentEntity).insert().values(rows).orIgnore().updateEntity(false).execute(),
      );
    }
  }

  async update(name: string, version: number, settings: ExperimentSettings, at: Date): Promise<boolean> {
    const { affected } = await this.database.use((statements) =>
      statements
        .of(ExperimentEntity)
        .update()
        .set({
          ...settings,
          subjects: [...settings.subjects],
          ignorePaths: [...settings.ignorePaths],
          guardrails: { ...settings.guardrails },
          version: version + 1,
          updatedAt: at,
        })
        .where({ name, version })
        .execute(),
    );
    return affected === 1;
  }

  async remove(name: string, version: number): Promise<boolean> {
    const { affected } = await this.database.use((statements) =>
      statements.of(ExperimentEntity).delete().where({ name, version }).execute(),
    );
    return affected === 1;
  }

  async countPurge(name: string, purges: number): Promise<boolean> {
    const { affected } = await this.database.use((statements) =>
      statements
        .of(ExperimentEntity)
        .update()
        .set({ purges: purges + 1 })
        .where({ name, purges })
        .execute(),
    );
    return affected === 1;
  }

  async ran(times: readonly RunTimes[]): Promise<void> {
    for (const chunk of splitIntoChunks(times)) await this.ranChunk(chunk);
  }

  async seen(names: readonly string[], at: Date): Promise<void> {
    const seenAt = this.database.column(ExperimentEntity, 'seenAt');
    const time = at.getTime();
    for (const chunk of splitIntoChunks(names)) {
      await this.database.use((statements) =>
        statements
          .of(ExperimentEntity)
          .update()
          .set({ seenAt: at })
          .where({ name: In(chunk) })
          // A later time comes from a clock that is ahead, and would otherwise remain for long.
          .andWhere(`(${seenAt} IS NULL OR ${seenAt} NOT BETWEEN :from AND :to)`, {
            from: time - SEEN_LATELY,
            to: time + SEEN_LATELY,
          })
          .execute(),
      );
    }
  }

  private async rows(where: FindOptionsWhere<ExperimentEntity>): Promise<ExperimentRow[]> {
    const entities = await this.database.use((statements) => statements.of(ExperimentEntity).where(where).getMany());
    // A generated column can have no transformer.
    return entities.map((entity) => Object.assign({}, entity, { id: parseNumber(entity.id) }));
  }

  private async ranChunk(times: readonly RunTimes[]): Promise<void> {
    const name = this.database.column(ExperimentEntity, 'name');
    const first = this.database.column(ExperimentEntity, 'firstRunAt');
    const last = this.database.column(ExperimentEntity, 'lastRunAt');
    // The times are integers from this library. As parameters, PostgreSQL would treat them as text.
    const caseOf = (which: 'first' | 'last') => {
      const cases = times.map((time, index) => `WHEN :name${index} THEN ${Math.trunc(time[which])}`);
      return `CASE ${name} ${cases.join(' ')} END`;
    };
    const firsts = caseOf('first');
    const lasts = caseOf('last');
    await this.database.use((statements) =>
      statements
        .of(ExperimentEntity)
        .update()
        .set({
          firstRunAt: () => `CASE WHEN ${first} IS NULL OR ${first} > ${firsts} THEN ${firsts} ELSE ${first} END`,
          lastRunAt: () => `CASE WHEN ${last} IS NULL OR ${last} < ${lasts} THEN ${lasts} ELSE ${last} END`,
        })
        .where({ name: In(times.map((one) => one.name)) })
        .setParameters(Object.fromEntries(times.map((one, index) => [`name${index}`, one.name])))
        .execute(),
    );
  }
}
