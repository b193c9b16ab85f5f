import { createHash } from 'node:crypto';
import { settlesWithin } from '../base/settles-within.js';
import { ChangeFeed } from './change-feed.js';
import { ExperimentEntity } from '../storage/experiment.entity.js';
import type { OwnDatabase } from '../database/own-database.js';

/** How long it waits before it connects again, in ms: at first, and at the most. */
const WAIT = { first: 500, longest: 30_000 } as const;

/** How long the end of the connection is waited for, in ms. */
const END = 1_000;

/** What is used of a client of the package `pg`. */
interface Client {
  connect(): Promise<void>;
  query(text: string): Promise<unknown>;
  end(): Promise<void>;
  on(event: 'error' | 'end' | 'notification', listener: () => void): void;
}

/** What is used of TypeORM's driver: the package, and the pool of the connections that write. */
interface Driver {
  readonly postgres: { readonly Client: new (options: unknown) => Client };
  readonly master: { readonly options: unknown } | undefined;
}

/**
 * Tells of changes by PostgreSQL's `NOTIFY`, and hears of them on a connection of its own, outside of the application's pool. If the
 * connection is lost, it connects again.
 */
export class PostgresChangeFeed extends ChangeFeed {
  private readonly channel: string;
  private changed: () => void = () => undefined;
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private wait: number = WAIT.first;
  private isStopped = false;

  constructor(private readonly database: OwnDatabase) {
    super();
    // A channel belongs to a database, in which there can be several applications.
    const { schema, tablePath } = database.dataSource.getMetadata(ExperimentEntity);
    const place = createHash('sha256')
      .update(JSON.stringify([schema, tablePath]))
      .digest('hex');
    this.channel = `studies_${place.slice(0, 16)}`;
  }

  start(changed: () => void): void {
    this.changed = changed;
    void this.listen();
  }

  announce(): void {
    // Who doesn't hear of it sees it with the next look.
    void this.notify();
  }

  private async notify(): Promise<void> {
    try {
      await this.database.use((statements) => statements.query(`SELECT pg_notify('${this.channel}', '')`));
    } catch {
      // So they do.
    }
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await settlesWithin(END, this.end());
  }

  private async listen(): Promise<void> {
    const { postgres, master } = this.database.dataSource.driver as unknown as Driver; // that of a data source for PostgreSQL
    // Its application has ended the data source.
    if (master === undefined) return;
    const client = new postgres.Client(master.options);
    this.client = client;
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    client.on('notification', () => this.changed());
    try {
      await client.connect();
      await client.query(`LISTEN ${this.channel}`);
      this.wait = WAIT.first;
      // What changed before it listened was not heard.
      this.changed();
    } catch {
      this.lost(client);
    }
  }

  private lost(client: Client): void {
    if (this.client !== client) return;
    void this.end();
    if (this.isStopped) return;
    this.timer = setTimeout(() => void this.listen(), this.wait * (0.9 + Math.random() * 0.2));
    this.timer.unref();
    this.wait = Math.min(this.wait * 2, WAIT.longest);
  }

  private async end(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    try {
      await client?.end();
    } catch {
      // It has ended by itself.
    }
  }
}
