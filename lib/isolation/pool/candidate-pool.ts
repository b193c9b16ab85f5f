import type { DataSource, QueryRunner, ReplicationMode } from 'typeorm';
import type { CandidateContext } from '../../experiment/current.js';
import type { OwnContext } from '../../base/own-context.js';
import { settlesWithin } from '../../base/settles-within.js';
import type { HeldConnections } from './held-connections.js';
import type { ConnectionSource } from './lent-runner.js';
import { candidateOptions } from './pool-options.js';
import { runnerFor, secondDriver, type Driver } from './second-driver.js';

/** ms in which a pool that couldn't be made is not tried again. */
const REST = 1_000;

/** ms that closing waits for the database. */
const CLOSING = 1_000;

/** Lends query runners to candidates. */
export interface CandidateRunners {
  /** Lends one, on a connection that is had at its first statement. */
  lend(candidate: CandidateContext, held: HeldConnections, mode: ReplicationMode): QueryRunner;
  /** Closes what it has opened. Goes on with the next need. */
  close(): Promise<void>;
}

/** What candidates' connections need to know of the application. */
export interface PoolPlace {
  readonly own: OwnContext;
  /** The most connections of a pool. By default a quarter of the application's, at least two. */
  readonly max: number | undefined;
  /** Takes why a candidate could have no connection: once, until there is one again. */
  failed(error: unknown, candidate: CandidateContext): void;
  /** Says something of a data source to the operator. */
  say(message: string): void;
}

/** A second pool of connections to the database of a data source, which is made at the first need. */
export class CandidatePool implements CandidateRunners, ConnectionSource {
  private driver: Driver | undefined;
  private connected: Promise<void> | undefined;
  private failedAt = -Infinity;
  private hasSaid = false;

  constructor(
    private readonly source: DataSource,
    private readonly place: PoolPlace,
  ) {}

  lend(_: CandidateContext, held: HeldConnections, mode: ReplicationMode): QueryRunner {
    return held.lend(runnerFor(this.source, this.current().createQueryRunner(mode)), this);
  }

  async ready(): Promise<void> {
    await this.connected;
    this.hasSaid = false;
  }

  failed(error: unknown, candidate: CandidateContext): void {
    if (this.hasSaid) return;
    this.hasSaid = true;
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

  /** Where it was not made, or couldn't be, it is begun. */
  protected current(): Driver {
    const { driver } = this;
    if (driver !== undefined && this.isUsable()) return driver;
    return this.place.own.run(() => this.begin());
  }

  private isUsable(): boolean {
    return this.failedAt === -Infinity || performance.now() - this.failedAt < REST;
  }

  private begin(): Driver {
    const driver = secondDriver(this.source, candidateOptions(this.source.options, this.place.max));
    this.failedAt = -Infinity;
    this.driver = driver;
    this.connected = this.connect(driver);
    this.connected.catch(() => {
      if (this.driver === driver) this.failedAt = performance.now();
      // What of it is open already is of no use.
      Promise.resolve(driver.disconnect()).catch(() => undefined);
    });
    return driver;
  }

  private async connect(driver: Driver): Promise<void> {
    await driver.connect();
    await driver.afterConnect();
  }
}
