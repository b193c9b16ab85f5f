import type { DataSourceOptions } from 'typeorm';

/** A database server of a test's own. */
export interface PrivateServer {
  readonly name: string;
  readonly port: number;
  /** Starts it, or starts it again, and waits until it answers. */
  start(): Promise<void>;
  /** Ends it as a failing machine does. */
  kill(): Promise<void>;
  /** Ends it as an operator does, who doesn't wait for its clients. */
  stop(): Promise<void>;
  /** Ends it, and leaves nothing behind. */
  remove(): Promise<void>;
  /** Lets nobody write whom an application connects as. */
  setReadOnly(isReadOnly: boolean): Promise<void>;
  /** For TypeORM; through another port, if one is given. */
  options(port?: number): DataSourceOptions;
}

/** Makes a PostgreSQL that is not started yet; undefined where this machine has no such program. */
export function privatePostgres(): Promise<PrivateServer | undefined>;

/** Makes a MariaDB that is not started yet; undefined where this machine has no such program. */
export function privateMariaDb(): Promise<PrivateServer | undefined>;
