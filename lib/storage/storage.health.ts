import { StudiesError } from '../experiment/errors.js';
import { EXPERIMENT_TABLE, SAMPLE_TABLE, TALLY_TABLE, WRITER_TABLE } from './tables.js';

/** How databases say that a table or a column is not there: PostgreSQL, MySQL and MariaDB, SQLite. */
const NOT_THERE = /42P01|42703|ER_NO_SUCH_TABLE|ER_BAD_FIELD_ERROR|no such table|no such column|has no column/;

const OFF = `The table "${EXPERIMENT_TABLE}" is not in the database, or is older than this version, so that no experiment runs`;

/** What is missing, and what follows from that. */
const MISSING = {
  reading: OFF,
  writing: OFF,
  recording: `The tables "${TALLY_TABLE}", "${SAMPLE_TABLE}" and "${WRITER_TABLE}" are not in the database, or are older than this version, so that no results are kept`,
};

/** What is done with the storage: it can be readable and not writable, and results have tables of their own. */
export type Access = 'reading' | 'writing' | 'recording';

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
    this.failed(explained(access, error));
  }

  /** Notes that something was read, or written. */
  success(access: Access): void {
    if (this.failing.delete(access) && this.failing.size === 0) this.recovered();
  }
}

function explained(access: Access, error: unknown): unknown {
  const { code = '', message = '' } = error as { code?: unknown; message?: unknown }; // drivers throw errors
  if (!NOT_THERE.test(`${String(code)} ${String(message)}`)) return error;
  return new StudiesError(
    'SCHEMA_MISSING',
    `${MISSING[access]}. Add the migrations to the data source, "migrations: [...STUDIES_MIGRATIONS]", and run them.`,
    {},
    { cause: error },
  );
}
