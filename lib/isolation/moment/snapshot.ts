import { clearTimeout, setTimeout } from 'node:timers';
import type { OwnContext } from '../../base/own-context.js';
import { sendRaw, type DriverConnection } from './driver-connection.js';
import type { SnapshotDialect } from './snapshot-dialect.js';

/** Parts that a snapshot is made of. */
export interface SnapshotParts {
  readonly connection: DriverConnection;
  readonly dialect: SnapshotDialect;
  readonly own: OwnContext;
  /** Longest time, in ms, for which the transaction stays open. */
  readonly timeout: number;
  /** Returns the connection to its pool, or closes it. */
  giveBack(isClosed: boolean): Promise<void>;
}

/** Read-only transaction on a connection of the candidates' pool, which sees the data of the moment at which it was begun. */
export class Snapshot {
  /** Called when the transaction has been open for too long. By default, it ends. */
  onDue: () => void = () => void this.end();
  private timer: NodeJS.Timeout | undefined;
  private isBegun = false;
  private hasEnded = false;
  private rolledBack = Promise.resolve(true);
  readonly connection: DriverConnection;

  constructor(private readonly parts: SnapshotParts) {
    this.connection = parts.dialect.share(parts.connection);
  }

  /** Tells whether its transaction is open. */
  get isOpen(): boolean {
    return this.isBegun && !this.hasEnded;
  }

  /** Begins the transaction. Closes the connection, and rejects, if that fails. */
  async begin(): Promise<void> {
    const { dialect, own, timeout } = this.parts;
    try {
      await own.run(() => dialect.begin(this.connection));
    } catch (error) {
      await this.end(true);
      throw error;
    }
    this.isBegun = true;
    this.timer = own.run(() => setTimeout(() => this.onDue(), timeout).unref());
  }

  /** Ends the transaction, and keeps the connection. Returns false if the connection is lost. */
  rollBack(): Promise<boolean> {
    if (!this.isOpen) return this.rolledBack;
    this.isBegun = false;
    clearTimeout(this.timer);
    this.rolledBack = this.parts.own
      .run(() => sendRaw(this.connection, 'ROLLBACK'))
      .then(
        () => true,
        () => false,
      );
    return this.rolledBack;
  }

  /**
   * Ends the transaction, and gives the connection back.
   *
   * @param isClosed whether to close the connection, because it is lost, in use, or has another state than a new one
   */
  async end(isClosed = false): Promise<void> {
    if (this.hasEnded) return;
    const ended = isClosed ? Promise.resolve(false) : this.rollBack();
    this.rolledBack = ended;
    this.hasEnded = true;
    clearTimeout(this.timer);
    const isClean = await ended;
    await this.parts.own.run(() => this.parts.giveBack(!isClean)).catch(() => undefined);
  }
}
