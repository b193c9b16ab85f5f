import type { DataSource } from 'typeorm';
import { StudiesError } from '../base/errors.js';

/** Part of TypeORM's driver for PostgreSQL that is needed: the package `pg`. */
interface PostgresDriver {
  readonly postgres?: { readonly defaults?: { readonly binary?: unknown } };
}

/**
 * Refuses a data source in which nothing could be stored, or of which nothing could be read.
 *
 * @throws StudiesError `DATA_SOURCE_UNUSABLE`
 */
export function requireUsable(source: DataSource): void {
  if (source.options.type === 'mongodb') {
    refuse(
      'is one of MongoDB, which has no tables. Name another one, or a database of the library’s own: "database: { type, url }"',
    );
  }
  if (source.options.type === 'postgres' && readsBinary(source)) {
    refuse(
      'has "binary: true", with which pg reads large integers and decimals wrongly, those of your own tables too. Leave it out, or ' +
        'name a data source without it',
    );
  }
}

function readsBinary({ options, driver }: DataSource): boolean {
  const { extra } = options as { readonly extra?: { readonly binary?: unknown } | undefined };
  const { postgres } = driver as PostgresDriver;
  return Boolean(extra?.binary ?? postgres?.defaults?.binary);
}

function refuse(fact: string): never {
  throw new StudiesError('DATA_SOURCE_UNUSABLE', `The data source of StudiesModule ${fact}.`);
}
