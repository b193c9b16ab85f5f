import { In, type FindOptionsWhere } from 'typeorm';
import { splitIntoChunks } from '../../../base/split-into-chunks.js';
import { parseNumber, type RawNumber } from '../../../database/columns.js';
import type { OwnDatabase } from '../../../database/own-database.js';
import { ExperimentEntity } from '../../../storage/experiment.entity.js';
import { SEEN_LATELY } from '../../../storage/experiment.storage.js';
import { isSameEpoch, type EpochRow, type NewEpoch } from '../../epoch.js';
import type { ExperimentEpoch } from '../../recorded.js';
import { EpochEntity } from '../epoch.entity.js';
import { EpochStorage } from '../epoch.storage.js';

/** Keeps epochs in a table of a data source. */
export class TypeOrmEpochStorage extends EpochStorage {
  constructor(private readonly database: OwnDatabase) {
    super();
  }

  async enter(epochs: readonly NewEpoch[], at: Date): Promise<EpochRow[]> {
    const entered: EpochRow[] = [];
    for (const chunk of splitIntoChunks(epochs)) entered.push(...(await this.enterChunk(chunk, at)));
    return entered;
  }

  async of(experimentIds: readonly number[]): Promise<EpochRow[]> {
    const rows: EpochRow[] = [];
    for (const chunk of splitIntoChunks(experimentIds)) rows.push(...(await this.rows({ experimentId: In(chunk) })));
    return rows;
  }

  async seen(numbers: readonly number[], at: Date): Promise<void> {
    const seenAt = this.database.column(EpochEntity, 'seenAt');
    const time = at.getTime();
    for (const chunk of splitIntoChunks(numbers)) {
      await this.database.use((statements) =>
        statements
          .of(EpochEntity)
          .update()
          .set({ seenAt: at })
          .where({ number: In(chunk) })
          .andWhere(`${seenAt} NOT BETWEEN :from AND :to`, { from: time - SEEN_LATELY, to: time + SEEN_LATELY })
          .execute(),
      );
    }
  }

  async remove(numbers: readonly number[]): Promise<void> {
    for (const chunk of splitIntoChunks(numbers)) {
      await this.database.use((statements) =>
        statements
          .of(EpochEntity)
          .delete()
          .where({ number: In(chunk) })
          .execute(),
      );
    }
  }

  async crowded(limit: number): Promise<number[]> {
    const rows = await this.database.use((statements) =>
      statements
        .of(EpochEntity, 'epoch')
        .select('epoch.experimentId', 'experimentId')
        .groupBy('epoch.experimentId')
        .having('COUNT(*) > :limit', { limit })
        .getRawMany<{ experimentId: RawNumber }>(),
    );
    return rows.map(({ experimentId }) => parseNumber(experimentId));
  }

  async orphans(): Promise<ExperimentEpoch[]> {
    const rows = await this.database.use((statements) => {
      const known = statements
        .of(ExperimentEntity, 'experiment')
        .select('1')
        .where('experiment.id = epoch.experimentId')
        .andWhere('experiment.purges = epoch.purges');
      return statements
        .of(EpochEntity, 'epoch')
        .select('epoch.experimentId', 'experimentId')
        .addSelect('epoch.number', 'epoch')
        .where(`NOT EXISTS (${known.getQuery()})`)
        .getRawMany<Record<keyof ExperimentEpoch, RawNumber>>();
    });
    return rows.map(({ experimentId, epoch }) => ({ experimentId: parseNumber(experimentId), epoch: parseNumber(epoch) }));
  }

  private async enterChunk(epochs: readonly NewEpoch[], at: Date): Promise<EpochRow[]> {
    const ids = epochs.map(({ experimentId }) => experimentId);
    const find = async () => {
      const rows = await this.rows({ experimentId: In(ids) });
      return epochs.map((key) => rows.find((row) => isSameEpoch(row, key)) ?? key);
    };
    const found = await find();
    const missing = found.filter((one) => !isRow(one));
    if (missing.length === 0) return found.filter(isRow);
    const values = missing.map((key) => ({ ...key, begunAt: at, seenAt: at }));
    await this.database.use((statements) =>
      statements.of(EpochEntity).insert().values(values).orIgnore().updateEntity(false).execute(),
    );
    return (await find()).filter(isRow);
  }

  private async rows(where: FindOptionsWhere<EpochEntity>): Promise<EpochRow[]> {
    const entities = await this.database.use((statements) => statements.of(EpochEntity).where(where).getMany());
    // A generated column can have no transformer.
    return entities.map((entity) => Object.assign({}, entity, { number: parseNumber(entity.number) }));
  }
}

function isRow(one: NewEpoch | EpochRow): one is EpochRow {
  return 'number' in one;
}
