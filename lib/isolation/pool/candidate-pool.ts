import type { DataSource, QueryRunner, ReplicationMode } from 'typeorm';
import type { CandidateContext } from '../../experiment/run-context.js';
import type { OwnContext } from '../../base/own-context.js';
import type { WriteMode } from '../../experiment/write-mode.js';
import { StatementGate } from '../../effects/statements/statement-gate.js';
import { TakenConnections, type ConnectionUser } from './taken-connections.js';
import { readOnlySessionsOf, type ReadOnlySessions } from './read-only-session.js';
import { settlesWithin } from '../../base/settles-within.js';
import type { HeldConnections } from './held-connections.js';
import type { ConnectionSource } from './lent-runner.js';
import { candidateOptions, candidatePoolSize } from './pool-options.js';
import { runnerFor, secondDriver, type Driver } from './second-driver.js';

/** Time, in ms, before a failed connection is tried again. */
const REST = 1_000;

/** Longest time, in ms, that closing waits for the database. */
const CLOSING = 1_000;

/** Source of candidates' query runners. */
export interface CandidateRunners {
  /** Lends a runner. Its connection is obtained at its first statement. */
  lend(candidate: CandidateContext, held: HeldConnections, mode: ReplicationMode): QueryRunner;
  /** Closes all connections. The next runner opens new ones. */
  close(): Promise<void>;
}

/** Parts of the application that candidates' connections need. */
export interface PoolPlace {
  readonly own: OwnContext;
  /** Most connections of a pool. By default a quarter of the application's, at least two. */
  readonly max: number | undefined;
  /** Reports why a candidate could have no connection: once, until there is one again. */
  failed(error: unknown, candidate: CandidateContext): void;
  /** Logs a message about a data source for the operator. */
  say(message: string): void;
}

/** Second pool of connections to the database of a data source. It is made on demand. */
export class CandidatePool implements CandidateRunners, ConnectionSource {
  private driver: Driver | undefined;
  private connected: Promise<void> | undefined;
  private failedAt = -Infinity;
  private hasReported = false;
  readonly gate: StatementGate;
  private readonly sessions: ReadOnlySessions | undefined;
  private readonly taken: TakenConnections;

  /** @param writes whether its sessions are read-only */
  constructor(
    private readonly source: DataSource,
    protected readonly place: PoolPlace,
    private readonly writes: WriteMode,
  ) {
    const { type } = source.options;
    this.gate = new StatementGate(type);
    this.taken = new TakenConnections(this.gate);
    this.sessions = writes === 'refuse' ? readOnlySessionsOf(type) : undefined;
  }

  async prepare(connection: unknown, user: ConnectionUser): Promise<void> {
    await this.sessions?.prepare(connection);
    this.taken.guard(connection, user);
  }

  lend(_: CandidateContext, held: HeldConnections, mode: ReplicationMode): QueryRunner {
    return held.lend(runnerFor(this.source, this.current().createQueryRunner(mode)), this);
  }

  /** Most connections of the pool. */
  get max(): number {
    return candidatePoolSize(this.source.options, this.place.max);
  }

  /** Makes a runner that is lent to nobody. */
  createRunner(mode: ReplicationMode): QueryRunner {
    return this.current().createQueryRunner(mode);
  }

  /** Tells whether a mode names one server, and not one of several replicas. */
  isOneServer(mode: ReplicationMode): boolean {
    const { replication } = this.source.options as { replication?: { slaves?: readonly unknown[] } }; // of the drivers that have it
    return mode === 'master' || (replication?.slaves?.length ?? 0) <= 1;
  }

  /** Lends a runner that sends its statements elsewhere than on a connection of its own. */
  createReadingRunner(mode: ReplicationMode): QueryRunner {
    return runnerFor(this.source, this.createRunner(mode));
  }

  async ready(): Promise<void> {
    await this.connected;
    this.hasReported = false;
  }

  failed(error: unknown, candidate: CandidateContext): void {
    if (this.hasReported) return;
    this.hasReported = true;
    this.place.failed(error, candidate);
  }

  async close(): Promise<void> {
    const { driver, connected } = this;
    this.driver = undefined;
    this.connected = undefined;
    if (driver === undefined) return;
    const closed = this.place.own.run(() => connected?.then(() => driver.disconnect()));
    await settlesWithin(
      CLOSING,
      Promise.resolve(closed).catch(() => undefined),
    );
  }

  /** Returns the driver. Makes one if there is none, or if the last could not connect. */
  protected current(): Driver {
    const { driver } = this;
    if (driver !== undefined && this.isUsable()) return driver;
    return this.place.own.run(() => this.begin());
  }

  private isUsable(): boolean {
    return this.failedAt === -Infinity || performance.now() - this.failedAt < REST;
  }

  private begin(): Driver {
    const driver = secondDriver(this.source, candidateOptions(this.source.options, this.place.max, this.writes));
    this.failedAt = -Infinity;
    this.driver = driver;
    this.connected = this.connect(driver);
    this.connected.catch(() => {
      if (this.driver === driver) this.failedAt = performance.now();
      // Connections that are open already are of no use.
      Promise.resolve(driver.disconnect()).catch(() => undefined);
    });
    return driver;
  }

  private async connect(driver: Driver): Promise<void> {
    await driver.connect();
    await driver.afterConnect();
  }
}
