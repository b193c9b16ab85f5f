import { fileURLToPath } from 'node:url';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { STUDIES_MIGRATIONS } from 'nestjs-studies';

/** Beside the sources. It outlives the process: what an operator has set is kept, as in production. */
const FILE = fileURLToPath(new URL('../city-search.sqlite', import.meta.url));

/**
 * Where the experiments are kept: `postgres://…`, `mysql://…`, `mariadb://…` or `sqlite:<file>`.
 *
 * @param url default: `DATABASE_URL`, and without it an SQLite file beside the sample
 * @throws Error when no database is known by that kind of address
 */
export function databaseOptions(url = process.env['DATABASE_URL'] || `sqlite:${FILE}`): TypeOrmModuleOptions {
  const [scheme = ''] = url.split(':');
  return {
    ...connection(scheme, url),
    autoLoadEntities: true,
    migrations: [...STUDIES_MIGRATIONS],
    migrationsRun: true,
    toRetry: () => false, // who tries out a sample wants to read at once that the database is not there
  };
}

function connection(scheme: string, url: string) {
  switch (scheme) {
    case 'postgres':
    case 'postgresql':
      return { type: 'postgres', url } as const;
    case 'mysql':
    case 'mariadb':
      return { type: scheme, url } as const;
    case 'sqlite':
      return { type: 'better-sqlite3', database: url.slice('sqlite:'.length) } as const;
    default:
      throw new Error(
        `DATABASE_URL starts with "${scheme}:", which this sample has no driver for. ` +
          'Use postgres://…, mysql://…, mariadb://… or sqlite:<file>, or leave it out.',
      );
  }
}
