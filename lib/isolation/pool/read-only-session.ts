import { sendRaw, type DriverConnection } from '../moment/driver-connection.js';

/** Maker of read-only sessions on the connections of one driver, so that functions and triggers can't write either. */
export interface ReadOnlySessions {
  /** Makes sure that a connection's session is read-only. Rejects if it can't be. */
  prepare(connection: unknown): Promise<void>;
}

/** Returns what makes sessions of a type of data source read-only; undefined if its connections are made so, or can't be. */
export function readOnlySessionsOf(type: string): ReadOnlySessions | undefined {
  if (type === 'postgres' || type === 'cockroachdb') return new PreparedSessions(checkPostgres);
  return type === 'mysql' || type === 'mariadb' ? new PreparedSessions(prepareMysql) : undefined;
}

/** Setting of PostgreSQL's that a connection gets when it is made. */
export const POSTGRES_READ_ONLY = '-c default_transaction_read_only=on';

/** Tells whether a database has refused a statement because its session or file is read-only. */
export function isReadOnlyRefusal(error: unknown): boolean {
  const cause = error instanceof Error && 'driverError' in error ? error.driverError : error;
  const { code, errno } = Object(cause) as { code?: unknown; errno?: unknown };
  return code === '25006' || errno === 1792 || (typeof code === 'string' && code.startsWith('SQLITE_READONLY'));
}

class PreparedSessions implements ReadOnlySessions {
  private readonly prepared = new WeakSet<object>();

  constructor(private readonly make: (connection: DriverConnection) => Promise<void>) {}

  async prepare(connection: unknown): Promise<void> {
    if (typeof connection !== 'object' || connection === null || this.prepared.has(connection)) return;
    await this.make(connection as DriverConnection); // as these drivers have it
    this.prepared.add(connection);
  }
}

/** The session is read-only from its start. A pooler between may have ignored that, and would carry a later SET over to others. */
async function checkPostgres(connection: DriverConnection): Promise<void> {
  const name = 'default_transaction_read_only';
  const result = Object(await sendRaw(connection, `SHOW ${name}`)) as { rows?: readonly Readonly<Record<string, unknown>>[] };
  if (Object.values(result.rows?.[0] ?? {})[0] === 'on') return;
  throw new Error(
    `The session is not read-only, because a pooler ignores the option "${POSTGRES_READ_ONLY}". Let candidates connect past it, or set writes: "allow".`,
  );
}

async function prepareMysql(connection: DriverConnection): Promise<void> {
  await sendRaw(connection, 'SET SESSION TRANSACTION READ ONLY');
}
