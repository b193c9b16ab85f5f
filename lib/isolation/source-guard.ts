import type { DataSource, QueryRunner, ReplicationMode } from 'typeorm';
import type { CandidateContext, ControlContext, RunContext } from '../experiment/run-context.js';
import { CandidatePool, type CandidateRunners, type PoolPlace } from './pool/candidate-pool.js';
import type { HeldConnections } from './pool/held-connections.js';
import type { WriteMode } from '../experiment/write-mode.js';
import type { OpenTransactions } from './open-transactions.js';
import { SourceReading } from './moment/source-reading.js';
import { OwnConnections } from './pool/own-connections.js';
import { NO_CACHE } from './pool/no-cache.js';
import { refusedToCaller } from './refused-statement.js';
import { RunnerGuard, type RunnerGuardOwner } from './runner-guard.js';
import type { SingleDriver } from './pool/second-driver.js';
import { SharedConnection, SingleConnection } from './pool/single-connection.js';

/** Drivers whose connection is one file, to which there can be a second connection. */
const FILES = ['better-sqlite3', 'sqlite'];

/** Drivers whose connection can't be had twice. */
const SINGLE = ['sqljs', 'expo', 'cordova', 'capacitor', 'react-native', 'nativescript'];

/** Parts of the application that a guard needs. */
export interface GuardPlace extends PoolPlace {
  readonly transactions: OpenTransactions;
  /** Told when a guarded data source is opened again, and when it is closed: an application may have one for each of its tenants. */
  opened(guard: SourceGuard): void;
  closed(guard: SourceGuard): void;
  running(): RunContext | undefined;
  held(candidate: CandidateContext): HeldConnections;
}

/** Guard of one data source. Candidates' statements go to candidates' connections, and never into the application's transactions. */
export class SourceGuard implements RunnerGuardOwner {
  /** Candidates' connections, by what they may do. They are made on demand. */
  private readonly runners: Readonly<Record<WriteMode, CandidateRunners>>;
  private readonly reading: SourceReading;
  private readonly guard = new RunnerGuard(this);

  constructor(
    private readonly source: DataSource,
    private readonly place: GuardPlace,
  ) {
    this.runners = findRunners(source, place);
    this.reading = new SourceReading(source, this.runners.refuse, place);
    const driver = source.driver as SingleDriver & { connectedQueryRunners?: readonly QueryRunner[] };
    this.guardDriver(driver);
    this.guardCache();
    // Runners that exist already, as far as drivers keep them.
    for (const runner of [driver.queryRunner, ...(driver.connectedQueryRunners ?? [])]) {
      if (runner !== undefined) this.guard.guard(runner);
    }
  }

  /** Tells whether the manager is, in this context, one of an open transaction: some libraries replace it. */
  get isInTransaction(): boolean {
    return this.source.manager.queryRunner?.isTransactionActive === true;
  }

  get context(): RunContext | undefined {
    return this.place.running();
  }

  running(): CandidateContext | undefined {
    const { context } = this;
    return context?.kind === 'candidate' ? context : undefined;
  }

  controlSends(runner: QueryRunner, control: ControlContext, connected: Promise<unknown>): void {
    for (const moment of control.moments) this.reading.controlReads(moment, runner, connected);
  }

  began(runner: QueryRunner): void {
    this.place.transactions.begin(runner);
  }

  inPlaceOf(runner: QueryRunner, candidate: CandidateContext): QueryRunner {
    if (candidate.inTransaction !== 'detached') throw refusedToCaller(candidate);
    return this.place.held(candidate).detach(runner, () => this.lend(candidate, 'master'));
  }

  knownInPlaceOf(runner: QueryRunner, candidate: CandidateContext): QueryRunner | undefined {
    return this.place.held(candidate).inPlaceOf(runner);
  }

  /** Closes the candidates' connections. */
  close(): Promise<void> {
    const { refuse, allow } = this.runners;
    return this.reading.close().then(() => Promise.all([refuse.close(), allow.close()]).then(() => undefined));
  }

  private lend(candidate: CandidateContext, mode: ReplicationMode): QueryRunner {
    const held = this.place.held(candidate);
    const lend = () => this.runners[candidate.writes].lend(candidate, held, mode);
    return candidate.moment === undefined ? lend() : this.reading.lend(candidate, candidate.moment, { held, mode, lend });
  }

  private guardDriver(driver: SingleDriver): void {
    const createQueryRunner = driver.createQueryRunner.bind(driver);
    const disconnect = driver.disconnect.bind(driver);
    const connect = driver.connect.bind(driver);
    const connections = new OwnConnections(() => this.running());
    connections.guard(driver);
    driver.connect = async () => {
      await connect();
      connections.guard(driver);
      this.place.opened(this);
    };
    driver.createQueryRunner = (mode) => {
      const candidate = this.running();
      return candidate === undefined ? this.guard.guard(createQueryRunner(mode)) : this.lend(candidate, mode);
    };
    driver.disconnect = async () => {
      const candidate = this.running();
      if (candidate !== undefined) throw refusedToCaller(candidate);
      await Promise.all([disconnect(), this.close()]);
      this.place.closed(this);
    };
  }

  /** Keeps candidates' reads out of the application's query cache, in both directions. */
  private guardCache(): void {
    let cache = this.source.queryResultCache;
    Object.defineProperty(this.source, 'queryResultCache', {
      configurable: true,
      enumerable: true,
      get: () => (cache !== undefined && this.running() !== undefined ? NO_CACHE : cache),
      set: (next: typeof cache) => {
        cache = next;
      },
    });
  }
}

/** Decides whether there is something to guard. MongoDB's data sources have no query runners that send statements. */
export function canGuard(source: DataSource): boolean {
  return source.options.type !== 'mongodb';
}

function findRunners(source: DataSource, place: PoolPlace): Record<WriteMode, CandidateRunners> {
  const { type, database } = source.options;
  const createQueryRunner = source.driver.createQueryRunner.bind(source.driver);
  const create = () => createQueryRunner('master');
  if (SINGLE.includes(type) || (FILES.includes(type) && !isFile(database))) {
    const shared = new SharedConnection(source, place, create);
    return { refuse: shared, allow: shared };
  }
  const Pool = FILES.includes(type) ? SingleConnection : CandidatePool;
  return { refuse: new Pool(source, place, 'refuse'), allow: new Pool(source, place, 'allow') };
}

function isFile(database: unknown): boolean {
  return typeof database === 'string' && database !== '' && !/:memory:|[?&]mode=memory/.test(database);
}
