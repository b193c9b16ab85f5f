import type { DatabaseType } from './own-database.js';

/** One set of versions that the application is built and run with. */
export interface Stack {
  readonly name: string;
  /** Its folder in `shop/stacks`, whose files are added to those of the shop. */
  readonly folder: string;
  readonly database: DatabaseType;
}

export const STACKS: readonly Stack[] = [
  { name: 'NestJS 12, TypeORM 1, PostgreSQL', folder: 'nest-12', database: 'postgres' },
  { name: 'NestJS 11, TypeORM 0.3, MariaDB', folder: 'nest-11', database: 'mysql' },
];
