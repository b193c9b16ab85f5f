import type { DataSource, EntityMetadata, QueryRunner } from 'typeorm';

/** Names that a data source gives to one of this library's tables and to its columns. */
export interface Names {
  /** Table name with its schema, as TypeORM takes it. */
  readonly table: string;
  column(property: string, name: string): string;
}

/**
 * Returns the names that a data source uses for a table. They come from its metadata or, if it doesn't know the entity, from
 * its naming strategy and options.
 *
 * @param entity name of the entity's class
 * @param table name of the table in the entity's decorator
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

/** Returns the data source of a query runner. TypeORM 0.3 calls it `connection`. */
function findDataSource(queryRunner: Partial<Record<'dataSource' | 'connection', DataSource>>): DataSource {
  const source = queryRunner.dataSource ?? queryRunner.connection;
  if (source === undefined) throw new Error('The query runner has no data source.');
  return source;
}
