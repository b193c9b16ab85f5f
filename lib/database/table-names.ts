import type { DataSource } from 'typeorm';
import type { TableNames } from './tables.js';

/** Returns the tables of a data source's entities, by the names in the entities' decorators. */
export function readTableNames({ entityMetadatas }: DataSource): TableNames {
  return new Map(entityMetadatas.map(({ givenTableName, tableName, tablePath }) => [givenTableName ?? tableName, tablePath]));
}
