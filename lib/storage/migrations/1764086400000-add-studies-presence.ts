import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import { EXPERIMENT_TABLE } from '../tables.js';
import { tablePath } from './table-path.js';

const SEEN_AT = 'seen_at';

/**
 * Lets experiments have when a running process last said that it has them.
 *
 * @publicApi
 */
export class AddStudiesPresence1764086400000 implements MigrationInterface {
  readonly name = 'AddStudiesPresence1764086400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Nullable, so that processes of the version before, which know nothing of it, can still add experiments.
    const column = new TableColumn({ name: SEEN_AT, type: 'bigint', isNullable: true });
    await queryRunner.addColumn(tablePath(queryRunner, EXPERIMENT_TABLE), column);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumn(tablePath(queryRunner, EXPERIMENT_TABLE), SEEN_AT);
  }
}
