import { StudiesError } from '../experiment/errors.js';
import { EXPERIMENT_TABLE } from './tables.js';

/** How databases say that a table is not there: PostgreSQL, MySQL and MariaDB, SQLite. */
const NO_TABLE = /42P01|ER_NO_SUCH_TABLE|no such table/;

/** What is done with the storage: it can be readable and not writable. */
export type Access = 'reading' | 'writing';

/** Tells of the storage's failures once for each change of state, not once for each attempt. */
export class StorageHealth {
  private readonly failing = new Set<Access>();

  constructor(
    private readonly failed: (error: unknown) => void,
    private readonly recovered: () => void,
  ) {}

  /** Notes that something could not be read, or written. */
  failure(access: Access, error: unknown): void {
    if (this.failing.has(access)) return;
    this.failing.add(access);
    this.failed(explained(error));
  }

  /** Notes that something was read, or written. */
  success(access: Access): void {
    if (this.failing.delete(access) && this.failing.size === 0) this.recovered();
  }
}

function explained(error: unknown): unknown {
  const { code = '', message = '' } = error as { code?: unknown; message?: unknown }; // drivers throw errors
  if (!NO_TABLE.test(`${String(code)} ${String(message)}`)) return error;
  return new StudiesError(
    'SCHEMA_MISSING',
    `The table "${EXPERIMENT_TABLE}" is not in the database, so that no experiment runs. Add the migrations to the data source, ` +
      '"migrations: [...STUDIES_MIGRATIONS]", and run them.',
    {},
    { cause: error },
  );
}
