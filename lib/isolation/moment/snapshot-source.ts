import { setImmediate } from 'node:timers';
import type { QueryRunner, ReplicationMode } from 'typeorm';
import type { CandidateContext } from '../../experiment/run-context.js';
import type { OwnContext } from '../../base/own-context.js';
import type { StatementGate } from '../../effects/statements/statement-gate.js';
import { closeConnection } from '../pool/close-connection.js';
import { Snapshot } from './snapshot.js';
import type { DriverConnection } from './driver-connection.js';
import type { SnapshotDialect } from './snapshot-dialect.js';

/** Longest time, in ms, from the control's statement to the snapshot's. */
const SAME_MOMENT = 2;

/** Pool of candidates' connections, as snapshots need it. */
export interface SnapshotConnections {
  /** Gate of the statements. */
  readonly gate: StatementGate;
  /** Most connections. */
  readonly max: number;
  /** Makes a runner that is nobody's yet. */
  createRunner(mode: ReplicationMode): QueryRunner;
  ready(): Promise<void>;
  /** Reports why a candidate could have no connection. */
  failed(error: unknown, candidate: CandidateContext): void;
  /** Tells whether a mode names one server, and not one of several. */
  isOneServer(mode: ReplicationMode): boolean;
}

/** Snapshots of one data source's database. */
export class SnapshotSource {
  /** Snapshots that no candidate has taken yet. */
  private readonly free = new Set<Snapshot>();
  private connecting = 0;
  private isWaiting = false;

  constructor(
    readonly dialect: SnapshotDialect,
    readonly connections: SnapshotConnections,
    private readonly own: OwnContext,
  ) {}

  /**
   * Begins a snapshot if a connection is free. Never waits for one, and never rejects.
   *
   * @param timeout longest time in ms for which it stays open
   * @param since time of the control's statement, by `performance.now()`
   */
  async begin(mode: ReplicationMode, timeout: number, since: number): Promise<Snapshot | undefined> {
    const { connections } = this;
    // One connection is left to candidates that run now.
    const most = Math.max(1, connections.max - 1);
    if (this.isWaiting || this.free.size + this.connecting >= most || !connections.isOneServer(mode)) return undefined;
    try {
      return await this.own.run(() => this.beginOn(mode, timeout, since));
    } catch {
      // Its candidate reads later, and reports why it gets no connection.
      return undefined;
    }
  }

  /** Removes a snapshot that a candidate takes, or that has ended. */
  taken(snapshot: Snapshot): void {
    this.free.delete(snapshot);
  }

  /** Closes the connections that no candidate has taken, without waiting for the database. */
  async close(): Promise<void> {
    await Promise.all([...this.free].map((snapshot) => snapshot.end(true)));
  }

  private async beginOn(mode: ReplicationMode, timeout: number, since: number): Promise<Snapshot | undefined> {
    const runner = this.connections.createRunner(mode);
    const connection = await this.connectNow(runner);
    if (connection === undefined) return undefined;
    const snapshot: Snapshot = new Snapshot({
      connection,
      dialect: this.dialect,
      own: this.own,
      timeout,
      giveBack: (isClosed) => {
        this.free.delete(snapshot);
        const release = () => runner.release();
        return isClosed ? closeConnection(runner, release, makeUnusable()) : release();
      },
    });
    if (performance.now() - since > SAME_MOMENT) {
      await snapshot.end();
      return undefined;
    }
    this.free.add(snapshot);
    await snapshot.begin();
    return snapshot;
  }

  /** Connects a runner if a connection is free. One that comes later is returned at once. */
  private async connectNow(runner: QueryRunner): Promise<DriverConnection | undefined> {
    this.connecting += 1;
    const connected = this.connections.ready().then(() => runner.connect());
    try {
      // A connection that is free comes before the next turn.
      const found: unknown = await Promise.race([connected, nextTurn()]);
      if (found !== undefined) return found as DriverConnection; // as these drivers have it
    } finally {
      this.connecting -= 1;
    }
    this.isWaiting = true;
    void connected
      .then(() => runner.release())
      .catch(() => undefined)
      .finally(() => (this.isWaiting = false));
    return undefined;
  }
}

/** Makes the error that a pool gets with a connection that is not to be used again. */
export function makeUnusable(): Error {
  return new Error('The connection of a snapshot was lost, in use, or changed.');
}

function nextTurn(): Promise<undefined> {
  return new Promise((resolve) => void setImmediate(() => resolve(undefined)));
}
