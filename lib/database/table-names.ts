import type { DataSource } from 'typeorm';
import type { TableNames } from './tables.js';

/** Gives the tables of a data source's entities, by the names that their entities ask for. */
export function readTableNames({ entityMetadatas }: DataSource): TableNames {
  return new Map(entityMetadatas.map(({ givenTableName, tableName, tablePath }) => [givenTableName ?? tableName, tablePath]));
}
