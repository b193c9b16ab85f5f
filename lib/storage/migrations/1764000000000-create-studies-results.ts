import { Table, TableColumn, TableIndex, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';
import { CHANGE_TABLE, EXPERIMENT_TABLE, MYSQL_ENGINE, SAMPLE_TABLE, TALLY_TABLE, WRITER_TABLE } from '../tables.js';
import { tablePath } from './table-path.js';

/**
 * Creates the tables of recorded results and of changes, and lets experiments have what operators set about them.
 *
 * @publicApi
 */
export class CreateStudiesResults1764000000000 implements MigrationInterface {
  readonly name = 'CreateStudiesResults1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const experiments = tablePath(queryRunner, EXPERIMENT_TABLE);
    for (const options of ADDED) await queryRunner.addColumn(experiments, new TableColumn(options));
    for (const { name, columns, index } of TABLES) {
      const table = new Table({ name: tablePath(queryRunner, name), engine: MYSQL_ENGINE, columns });
      table.indices = [new TableIndex(index)];
      await queryRunner.createTable(table);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name } of TABLES) await queryRunner.dropTable(tablePath(queryRunner, name));
    for (const { name } of ADDED) await queryRunner.dropColumn(tablePath(queryRunner, EXPERIMENT_TABLE), name);
  }
}

const share = (name: string): TableColumnOptions => ({ name, type: 'decimal', precision: 7, scale: 6, isNullable: true });
const varchar = (name: string, length: number): TableColumnOptions => ({ name, type: 'varchar', length: String(length) });
const text = (name: string): TableColumnOptions => ({ name, type: 'text', isNullable: true });
const count = (name: string): TableColumnOptions => ({ name, type: 'bigint' });

/** Nullable, so that processes of the version before, which know nothing of them, can still add experiments. */
const ADDED: TableColumnOptions[] = [
  share('target_rate'),
  share('confidence'),
  text('ignore_paths'),
  { name: 'epoch', type: 'integer', isNullable: true },
  text('guardrails'),
  { ...count('halted_at'), isNullable: true },
  { ...varchar('halt_reason', 500), isNullable: true },
];

const TALLY: TableColumnOptions[] = [
  { name: 'experiment_id', type: 'integer', isPrimary: true },
  { name: 'epoch', type: 'integer', isPrimary: true },
  { ...varchar('tier', 6), isPrimary: true },
  { ...count('starts_at'), isPrimary: true },
  { ...varchar('candidate', 100), isPrimary: true },
  { name: 'writer', type: 'integer', isPrimary: true },
  { ...count('first_at'), isNullable: true },
  { ...count('last_at'), isNullable: true },
  ...['runs', 'matched', 'mismatched', 'ignored', 'errored', 'timed_out', 'drifted'].map(count),
  ...['skipped', 'control_times', 'candidate_times', 'deltas', 'speedups', 'differences'].map(text),
];

const SAMPLE: TableColumnOptions[] = [
  { ...varchar('id', 16), isPrimary: true },
  { name: 'experiment_id', type: 'integer' },
  { name: 'epoch', type: 'integer' },
  varchar('candidate', 100),
  varchar('outcome', 10),
  count('ran_at'),
  ...['control_did', 'candidate_did', 'context', 'differences'].map((name) => ({ ...text(name), isNullable: false })),
  text('diff'),
];

const WRITER: TableColumnOptions[] = [
  { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
  { ...varchar('owner', 36), isNullable: true },
  { name: 'beat', type: 'integer' },
];

const CHANGE: TableColumnOptions[] = [
  { ...varchar('id', 16), isPrimary: true },
  varchar('experiment', 100),
  count('changed_at'),
  varchar('kind', 10),
  { ...varchar('actor', 200), isNullable: true },
  ...['settings_before', 'settings_after'].map((name) => ({ ...text(name), isNullable: false })),
  { ...varchar('reason', 500), isNullable: true },
];

const TABLES = [
  { name: TALLY_TABLE, columns: TALLY, index: { columnNames: ['tier', 'starts_at'] } },
  { name: SAMPLE_TABLE, columns: SAMPLE, index: { columnNames: ['experiment_id', 'id'] } },
  { name: CHANGE_TABLE, columns: CHANGE, index: { columnNames: ['experiment', 'id'] } },
  { name: WRITER_TABLE, columns: WRITER, index: { columnNames: ['owner'], isUnique: true } },
];
