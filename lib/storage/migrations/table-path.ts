import type { DataSource, QueryRunner } from 'typeorm';

/** Where a table of ours is: with the prefix and in the schema that the data source gives to its entities. */
export function tablePath(queryRunner: QueryRunner, table: string): string {
  const { options, driver } = dataSourceOf(queryRunner);
  const schema = 'schema' in options ? options.schema : undefined;
  return driver.buildTableName(`${options.entityPrefix ?? ''}${table}`, schema);
}

/** TypeORM 0.3 calls it `connection`. */
function dataSourceOf(queryRunner: Partial<Record<'dataSource' | 'connection', DataSource>>): DataSource {
  const source = queryRunner.dataSource ?? queryRunner.connection;
  if (source === undefined) throw new Error('The query runner has no data source.');
  return source;
}
