import { StudiesError } from '../base/errors.js';
import {
  CHANGE_TABLE,
  EPOCH_TABLE,
  EXPERIMENT_TABLE,
  SAMPLE_TABLE,
  TALLY_TABLE,
  WRITER_TABLE,
  type TableNames,
} from './tables.js';

/** Matches the errors of databases for a missing table or column: PostgreSQL, MySQL and MariaDB, SQLite. */
const NOT_THERE = /42P01|42703|ER_NO_SUCH_TABLE|ER_BAD_FIELD_ERROR|no such table|no such column|has no column/;

/** Tables needed for each access, and the consequence if they are missing. */
const NEEDED = {
  reading: { tables: [EXPERIMENT_TABLE], so: 'no experiment runs' },
  writing: { tables: [EXPERIMENT_TABLE], so: 'no experiment runs' },
  recording: { tables: [TALLY_TABLE, SAMPLE_TABLE, EPOCH_TABLE, WRITER_TABLE], so: 'no results are kept' },
  history: { tables: [CHANGE_TABLE], so: 'no history is kept' },
};

/** Advice where tables have other names: TypeORM keeps all migrations of a database in one table, whatever the names of their tables. */
const ELSEWHERE =
  ' If another application has run them in this database, with another "entityPrefix" or for other names, give each data source a ' +
  '"migrationsTableName" of its own.';

/** Kind of access to the storage. It can be readable but not writable, and results and the history have tables of their own. */
export type Access = 'reading' | 'writing' | 'recording' | 'history';

/**
 * Time without a failure, in ms, until the storage counts as recovered. A full disk accepts one statement and refuses the next.
 */
const STEADY = 10_000;

/** A reported failure. */
interface ReportedFailure {
  readonly kind: string;
  /** Time of the last failure, in ms of a monotonic clock. */
  at: number;
  /** True if nothing has failed since. */
  isOver: boolean;
}

/** Reports failures of the storage once per change of state, rather than for each attempt or each failure among successes. */
export class StorageHealth {
  private readonly failing = new Map<Access, ReportedFailure>();

  constructor(
    private readonly failed: (error: unknown) => void,
    private readonly recovered: () => void,
    /** Returns the names of the tables, which a data source knows once it is initialized. */
    private readonly tables: () => TableNames = () => new Map(),
  ) {}

  /** Records a failed access. */
  failure(access: Access, error: unknown): void {
    const kind = errorCode(error);
    const at = performance.now();
    const reported = this.failing.get(access);
    if (reported === undefined || (reported.isOver && (reported.kind !== kind || at - reported.at >= STEADY))) {
      this.failing.set(access, { kind, at, isOver: false });
      this.failed(this.explain(access, error));
    } else {
      reported.at = at;
      reported.isOver = false;
    }
  }

  /** Records a successful access. */
  success(access: Access): void {
    const reported = this.failing.get(access);
    if (reported === undefined) return;
    reported.isOver = true;
    if (performance.now() - reported.at < STEADY) return;
    this.failing.delete(access);
    if (this.failing.size === 0) this.recovered();
  }

  private explain(access: Access, error: unknown): unknown {
    if (!NOT_THERE.test(`${errorCode(error)} ${readText(error, 'message')}`)) return error;
    const { tables, so } = NEEDED[access];
    const found = this.tables();
    const names = tables.map((table) => `"${found.get(table) ?? table}"`);
    const isRenamed = tables.some((table) => found.has(table) && found.get(table) !== table);
    const last = names.pop() ?? '';
    const [which, are] = names.length === 0 ? [`table ${last}`, 'is'] : [`tables ${names.join(', ')} and ${last}`, 'are'];
    return new StudiesError(
      'SCHEMA_MISSING',
      `The ${which} ${are} not in the database, or ${are} older than this version, so that ${so}. ` +
        `Add the migrations to the data source, "migrations: [...STUDIES_MIGRATIONS]", and run them.${isRenamed ? ELSEWHERE : ''}`,
      {},
      { cause: error },
    );
  }
}

function errorCode(error: unknown): string {
  return readText(error, 'code');
}

/** Reads a property of an error as text. A storage can throw anything: also nothing, or an object whose properties throw. */
function readText(error: unknown, property: 'code' | 'message'): string {
  try {
    const text = (error as Partial<Record<string, unknown>>)[property];
    return typeof text === 'string' || typeof text === 'number' ? String(text) : '';
  } catch {
    return '';
  }
}
