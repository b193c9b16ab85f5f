import { Table, TableIndex, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';
import { MYSQL_ENGINE } from '../../database/tables.js';
import { namesIn } from './migrated-names.js';
import { TABLES, type TableDescription } from './table-descriptions.js';

/**
 * Creates the tables of this library. Their tables, columns, keys and indices are named by the data source's options and naming
 * strategy, as those of the entities are.
 */
export class CreateStudies1763769600000 implements MigrationInterface {
  readonly name = 'CreateStudies1763769600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const description of TABLES) await queryRunner.createTable(makeTable(queryRunner, description));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { entity, table } of TABLES) await queryRunner.dropTable(namesIn(queryRunner, entity, table).table);
  }
}

function makeTable(queryRunner: QueryRunner, { entity, table, columns, index }: TableDescription): Table {
  const names = namesIn(queryRunner, entity, table);
  const called = new Map(Object.entries(columns).map(([property, { name }]) => [property, names.column(property, name)]));
  const nameOf = (property: string): string => called.get(property) ?? property;
  const all = Object.entries(columns).map(([property, column]): TableColumnOptions => ({ ...column, name: nameOf(property) }));
  const made = new Table({ name: names.table, engine: MYSQL_ENGINE, columns: all });
  made.indices = [new TableIndex({ columnNames: index.properties.map(nameOf), isUnique: index.isUnique })];
  return made;
}
