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
  /** Resolves when it has ended by itself. */
  ended(): Promise<void>;
  /** Has it answer a question of somebody else's. */
  query(text: string): Promise<unknown>;
  /** Takes all space from it, if it has a small disk. */
  fillDisk(): void;
  /** Gives it the space back. */
  freeDisk(): void;
  /** Ends it, and leaves nothing behind. */
  remove(): Promise<void>;
  /** Lets nobody write whom an application connects as. */
  setReadOnly(isReadOnly: boolean): Promise<void>;
  /** For TypeORM; through another port, if one is given. */
  options(port?: number): DataSourceOptions;
}

/** How a server is made. */
export interface PrivateServerOptions {
  /** What it keeps on a disk that is so small that it can be filled, which only root can make: its data, or its write-ahead log. */
  readonly smallDisk?: 'data' | 'log';
}

/** Makes a PostgreSQL that is not started yet; undefined where this machine has no such program. */
export function privatePostgres(options?: PrivateServerOptions): Promise<PrivateServer | undefined>;

/** Makes a MariaDB that is not started yet; undefined where this machine has no such program. */
export function privateMariaDb(options?: PrivateServerOptions): Promise<PrivateServer | undefined>;
