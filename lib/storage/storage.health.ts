import { StudiesError } from '../experiment/errors.js';
import { EXPERIMENT_TABLE } from './tables.js';

/** How databases say that a table is not there: PostgreSQL, MySQL and MariaDB, SQLite. */
const NO_TABLE = /42P01|ER_NO_SUCH_TABLE|no such table/;

/** Tells of the storage's failures once for each change of state, not once for each attempt. */
export class StorageHealth {
  private isFailing = false;

  constructor(
    private readonly failed: (error: unknown) => void,
    private readonly recovered: () => void,
  ) {}

  /** Notes that something could not be read or written. */
  failure(error: unknown): void {
    if (this.isFailing) return;
    this.isFailing = true;
    this.failed(explained(error));
  }

  /** Notes that all is read and written. */
  success(): void {
    if (!this.isFailing) return;
    this.isFailing = false;
    this.recovered();
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
