import { Table, TableIndex, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';
import { EXPERIMENT_TABLE, MYSQL_ENGINE } from '../tables.js';
import { tablePath } from './table-path.js';

/**
 * Creates the table of experiments. Keys and indices are named by the data source's naming strategy, as the entity's are.
 *
 * @publicApi
 */
export class CreateStudiesExperiment1763769600000 implements MigrationInterface {
  readonly name = 'CreateStudiesExperiment1763769600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = new Table({ name: tablePath(queryRunner, EXPERIMENT_TABLE), engine: MYSQL_ENGINE, columns: COLUMNS });
    table.indices = [new TableIndex({ columnNames: ['name'], isUnique: true })];
    await queryRunner.createTable(table);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable(tablePath(queryRunner, EXPERIMENT_TABLE));
  }
}

const time = (name: string, isNullable: boolean): TableColumnOptions => ({ name, type: 'bigint', isNullable });

const COLUMNS: TableColumnOptions[] = [
  {
    name: 'id',
    type: 'integer',
    isPrimary: true,
    isGenerated: true,
    generationStrategy: 'increment',
  },
  { name: 'name', type: 'varchar', length: '100' },
  { name: 'percent_enabled', type: 'decimal', precision: 5, scale: 2 },
  time('starts_at', true),
  time('ends_at', true),
  { name: 'subjects', type: 'text' },
  { name: 'version', type: 'integer' },
  time('created_at', false),
  time('updated_at', false),
  time('first_run_at', true),
  time('last_run_at', true),
];
