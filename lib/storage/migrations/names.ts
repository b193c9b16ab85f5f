import type { DataSource, EntityMetadata, QueryRunner } from 'typeorm';

/** The names that a data source gives to a table of ours and to its columns. */
export interface Names {
  /** The table with its schema, as TypeORM takes it. */
  readonly table: string;
  column(property: string, name: string): string;
}

/**
 * Finds out what a data source calls a table: as its metadata says or, where it doesn't know the entity, as its naming strategy and
 * its options would have it.
 *
 * @param entity the name of the entity's class
 * @param table the name of the table that the entity asks for
 */
export function namesIn(queryRunner: QueryRunner, entity: string, table: string): Names {
  const source = findDataSource(queryRunner);
  const metadata = source.entityMetadatas.find(({ givenTableName }) => givenTableName === table);
  return metadata === undefined ? namesByStrategy(source, entity, table) : namesByMetadata(source, metadata);
}

function namesByMetadata({ driver }: DataSource, metadata: EntityMetadata): Names {
  const { tableName, schema, database } = metadata;
  return {
    table: driver.buildTableName(tableName, schema, database),
    column: (property, name) => metadata.findColumnWithPropertyName(property)?.databaseName ?? name,
  };
}

function namesByStrategy({ driver, options, namingStrategy }: DataSource, entity: string, table: string): Names {
  const { entityPrefix } = options;
  const name = namingStrategy.tableName(entity, table);
  const prefixed = entityPrefix ? namingStrategy.prefixTableName(entityPrefix, name) : name;
  return {
    table: driver.buildTableName(prefixed, 'schema' in options ? options.schema : undefined),
    column: (property, asked) => namingStrategy.columnName(property, asked, []),
  };
}

/** TypeORM 0.3 calls it `connection`. */
function findDataSource(queryRunner: Partial<Record<'dataSource' | 'connection', DataSource>>): DataSource {
  const source = queryRunner.dataSource ?? queryRunner.connection;
  if (source === undefined) throw new Error('The query runner has no data source.');
  return source;
}
