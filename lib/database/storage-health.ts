import { StudiesError } from '../base/errors.js';
import { CHANGE_TABLE, EXPERIMENT_TABLE, SAMPLE_TABLE, TALLY_TABLE, WRITER_TABLE, type TableNames } from './tables.js';

/** How databases say that a table or a column is not there: PostgreSQL, MySQL and MariaDB, SQLite. */
const NOT_THERE = /42P01|42703|ER_NO_SUCH_TABLE|ER_BAD_FIELD_ERROR|no such table|no such column|has no column/;

/** Which tables are needed, and what follows when they are not there. */
const NEEDED = {
  reading: { tables: [EXPERIMENT_TABLE], so: 'no experiment runs' },
  writing: { tables: [EXPERIMENT_TABLE], so: 'no experiment runs' },
  recording: { tables: [TALLY_TABLE, SAMPLE_TABLE, WRITER_TABLE], so: 'no results are kept' },
  history: { tables: [CHANGE_TABLE], so: 'no history is kept' },
};

/** What is done with the storage: it can be readable and not writable, and results and the history have tables of their own. */
export type Access = 'reading' | 'writing' | 'recording' | 'history';

/** For how long nothing may have failed, in ms, until all is well again: a full disk takes one statement and not the next. */
const STEADY = 10_000;

/** A failure that was told. */
interface Told {
  readonly kind: string;
  /** When it, or another after it, was last seen, in ms of a monotonic clock. */
  at: number;
  /** Whether nothing has failed since. */
  isOver: boolean;
}

/** Tells of the storage's failures once for each change of state, not once for each attempt, nor for each that fails among others. */
export class StorageHealth {
  private readonly failing = new Map<Access, Told>();

  constructor(
    private readonly failed: (error: unknown) => void,
    private readonly recovered: () => void,
    private readonly tables: TableNames = new Map(),
  ) {}

  /** Notes that something could not be read, or written. */
  failure(access: Access, error: unknown): void {
    const kind = String(errorCode(error));
    const at = performance.now();
    const told = this.failing.get(access);
    if (told === undefined || (told.isOver && (told.kind !== kind || at - told.at >= STEADY))) {
      this.failing.set(access, { kind, at, isOver: false });
      this.failed(this.explained(access, error));
    } else {
      told.at = at;
      told.isOver = false;
    }
  }

  /** Notes that something was read, or written. */
  success(access: Access): void {
    const told = this.failing.get(access);
    if (told === undefined) return;
    told.isOver = true;
    if (performance.now() - told.at < STEADY) return;
    this.failing.delete(access);
    if (this.failing.size === 0) this.recovered();
  }

  private explained(access: Access, error: unknown): unknown {
    const { code = '', message = '' } = error as { code?: unknown; message?: unknown }; // drivers throw errors
    if (!NOT_THERE.test(`${String(code)} ${String(message)}`)) return error;
    const { tables, so } = NEEDED[access];
    const names = tables.map((table) => `"${this.tables.get(table) ?? table}"`);
    const last = names.pop() ?? '';
    const [which, are] = names.length === 0 ? [`table ${last}`, 'is'] : [`tables ${names.join(', ')} and ${last}`, 'are'];
    return new StudiesError(
      'SCHEMA_MISSING',
      `The ${which} ${are} not in the database, or ${are} older than this version, so that ${so}. ` +
        'Add the migrations to the data source, "migrations: [...STUDIES_MIGRATIONS]", and run them.',
      {},
      { cause: error },
    );
  }
}

function errorCode(error: unknown): unknown {
  return (error as { code?: unknown }).code; // drivers throw errors
}
