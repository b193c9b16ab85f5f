import { jitter } from '../base/jitter.js';
import { createHash } from 'node:crypto';
import { settlesWithin } from '../base/settles-within.js';
import { ChangeFeed } from './change-feed.js';
import { ExperimentEntity } from '../storage/experiment.entity.js';
import type { OwnDatabase } from '../database/own-database.js';

/** Wait before connecting again, in ms: the first, and the longest. */
const WAIT = { first: 500, longest: 30_000 } as const;

/** Longest wait for the end of the connection, in ms. */
const END = 1_000;

/** Used part of a client of the package `pg`. */
interface Client {
  connect(): Promise<void>;
  query(text: string): Promise<unknown>;
  end(): Promise<void>;
  on(event: 'error' | 'end' | 'notification', listener: () => void): void;
}

/** Used part of TypeORM's driver: the package, and the pool of connections that write. */
interface Driver {
  readonly postgres: { readonly Client: new (options: unknown) => Client };
  readonly master: { readonly options: unknown } | undefined;
}

/**
 * Announces changes by PostgreSQL's `NOTIFY`, and listens on a connection of its own, outside the application's pool. If the
 * connection is lost, it connects again.
 */
export class PostgresChangeFeed extends ChangeFeed {
  private changed: () => void = () => undefined;
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private wait: number = WAIT.first;
  private isStopped = false;

  constructor(private readonly database: OwnDatabase) {
    super();
  }

  /** Name of the channel. It is visible in the whole database, which several applications can share. */
  private get channel(): string {
    const { schema, tablePath } = this.database.dataSource.getMetadata(ExperimentEntity);
    const place = createHash('sha256')
      .update(JSON.stringify([schema, tablePath]))
      .digest('hex');
    return `studies_${place.slice(0, 16)}`;
  }

  start(changed: () => void): void {
    this.changed = changed;
    void this.listen();
  }

  announce(): void {
    // Processes that miss it see the change with their next refresh.
    void this.notify();
  }

  private async notify(): Promise<void> {
    try {
      await this.database.use((statements) => statements.query(`SELECT pg_notify('${this.channel}', '')`));
    } catch {
      // The next refresh makes up for it.
    }
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await settlesWithin(END, this.end());
  }

  private async listen(): Promise<void> {
    const { postgres, master } = this.database.dataSource.driver as unknown as Driver; // driver of a PostgreSQL data source
    // The application has destroyed the data source, or initialises it later.
    if (master === undefined) {
      this.listenLater();
      return;
    }
    const client = new postgres.Client(master.options);
    this.client = client;
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    client.on('notification', () => this.changed());
    try {
      await client.connect();
      await client.query(`LISTEN ${this.channel}`);
      this.wait = WAIT.first;
      // Changes from before it listened were missed.
      this.changed();
    } catch {
      this.lost(client);
    }
  }

  private lost(client: Client): void {
    if (this.client !== client) return;
    void this.end();
    this.listenLater();
  }

  private listenLater(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => void this.listen(), jitter(this.wait));
    this.timer.unref();
    this.wait = Math.min(this.wait * 2, WAIT.longest);
  }

  private async end(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    try {
      await client?.end();
    } catch {
      // It has already ended.
    }
  }
}
