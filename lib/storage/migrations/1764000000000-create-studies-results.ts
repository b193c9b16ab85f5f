import { Table, TableColumn, TableIndex, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';
import { EXPERIMENT_TABLE, MYSQL_ENGINE, SAMPLE_TABLE, TALLY_TABLE } from '../tables.js';
import { tablePath } from './table-path.js';

/**
 * Creates the tables of recorded results, and gives experiments what their readiness is measured by.
 *
 * @publicApi
 */
export class CreateStudiesResults1764000000000 implements MigrationInterface {
  readonly name = 'CreateStudiesResults1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const experiments = tablePath(queryRunner, EXPERIMENT_TABLE);
    for (const options of ADDED) await queryRunner.addColumn(experiments, new TableColumn(options));
    await queryRunner.createTable(new Table({ name: tablePath(queryRunner, TALLY_TABLE), engine: MYSQL_ENGINE, columns: TALLY }));
    const samples = new Table({ name: tablePath(queryRunner, SAMPLE_TABLE), engine: MYSQL_ENGINE, columns: SAMPLE });
    samples.indices = [new TableIndex({ columnNames: ['experiment_id', 'id'] })];
    await queryRunner.createTable(samples);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable(tablePath(queryRunner, SAMPLE_TABLE));
    await queryRunner.dropTable(tablePath(queryRunner, TALLY_TABLE));
    for (const { name } of ADDED) await queryRunner.dropColumn(tablePath(queryRunner, EXPERIMENT_TABLE), name);
  }
}

const share = (name: string): TableColumnOptions => ({ name, type: 'decimal', precision: 7, scale: 6, isNullable: true });
const text = (name: string, length: number): TableColumnOptions => ({ name, type: 'varchar', length: String(length) });
const count = (name: string): TableColumnOptions => ({ name, type: 'bigint' });

/** Nullable, so that processes of the version before, which know nothing of them, can still add experiments. */
const ADDED: TableColumnOptions[] = [
  share('target_rate'),
  share('confidence'),
  { name: 'ignore_paths', type: 'text', isNullable: true },
  { name: 'epoch', type: 'integer', isNullable: true },
];

const TALLY: TableColumnOptions[] = [
  { name: 'experiment_id', type: 'integer', isPrimary: true },
  { name: 'epoch', type: 'integer', isPrimary: true },
  { ...text('tier', 6), isPrimary: true },
  { ...count('starts_at'), isPrimary: true },
  { ...text('candidate', 100), isPrimary: true },
  { ...text('writer', 36), isPrimary: true },
  count('written_at'),
  { ...count('first_at'), isNullable: true },
  { ...count('last_at'), isNullable: true },
  ...['runs', 'matched', 'mismatched', 'ignored', 'errored', 'timed_out'].map(count),
  { name: 'measures', type: 'text' },
  { name: 'differences', type: 'text', isNullable: true },
];

const SAMPLE: TableColumnOptions[] = [
  { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
  { name: 'experiment_id', type: 'integer' },
  { name: 'epoch', type: 'integer' },
  text('candidate', 100),
  text('outcome', 10),
  count('ran_at'),
  { name: 'control_did', type: 'text' },
  { name: 'candidate_did', type: 'text' },
  { name: 'context', type: 'text' },
  { name: 'differences', type: 'text' },
  { name: 'diff', type: 'text', isNullable: true },
];
