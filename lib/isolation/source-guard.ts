import type { DataSource, QueryRunner, ReplicationMode } from 'typeorm';
import type { CandidateContext } from '../experiment/current.js';
import { CandidatePool, type CandidateRunners, type PoolPlace } from './pool/candidate-pool.js';
import type { HeldConnections } from './pool/held-connections.js';
import type { OpenTransactions } from './open-transactions.js';
import { NO_CACHE } from './pool/no-cache.js';
import { refusedToCaller } from './refusals.js';
import { RunnerGuard, type RunnerGuardOwner } from './runner-guard.js';
import type { SingleDriver } from './pool/second-driver.js';
import { SharedConnection, SingleConnection } from './pool/single-connection.js';

/** Drivers whose connection is one file, of which there can be a second. */
const FILES = ['better-sqlite3', 'sqlite'];

/** Drivers whose connection can't be had twice. */
const SINGLE = ['sqljs', 'expo', 'cordova', 'capacitor', 'react-native', 'nativescript'];

/** What a guard has to know of the candidates. */
export interface GuardPlace extends PoolPlace {
  readonly transactions: OpenTransactions;
  running(): CandidateContext | undefined;
  held(candidate: CandidateContext): HeldConnections;
}

/** Guards one data source: what a candidate asks of it goes to candidates' connections, and never to what the application has begun. */
export class SourceGuard implements RunnerGuardOwner {
  private readonly runners: CandidateRunners;
  private readonly guard = new RunnerGuard(this);

  constructor(
    private readonly source: DataSource,
    private readonly place: GuardPlace,
  ) {
    this.runners = findRunners(source, place);
    const driver = source.driver as SingleDriver & { connectedQueryRunners?: readonly QueryRunner[] };
    this.guardDriver(driver);
    this.guardCache();
    // Those that are there already, as far as drivers keep them.
    for (const runner of [driver.queryRunner, ...(driver.connectedQueryRunners ?? [])]) {
      if (runner !== undefined) this.guard.guard(runner);
    }
  }

  /** Whether its manager is, here, one of an open transaction: some libraries make it so. */
  get isInTransaction(): boolean {
    return this.source.manager.queryRunner?.isTransactionActive === true;
  }

  running(): CandidateContext | undefined {
    return this.place.running();
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

  /** Closes what it has opened for candidates. */
  close(): Promise<void> {
    return this.runners.close();
  }

  private lend(candidate: CandidateContext, mode: ReplicationMode): QueryRunner {
    return this.runners.lend(candidate, this.place.held(candidate), mode);
  }

  private guardDriver(driver: SingleDriver): void {
    const createQueryRunner = driver.createQueryRunner.bind(driver);
    const disconnect = driver.disconnect.bind(driver);
    driver.createQueryRunner = (mode) => {
      const candidate = this.running();
      return candidate === undefined ? this.guard.guard(createQueryRunner(mode)) : this.lend(candidate, mode);
    };
    driver.disconnect = async () => {
      const candidate = this.running();
      if (candidate !== undefined) throw refusedToCaller(candidate);
      await Promise.all([disconnect(), this.close()]);
    };
  }

  /** What candidates read is neither from the cache of the application's queries nor kept in it. */
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

/** Whether there is something to guard: MongoDB's data sources have no query runners that statements are sent on. */
export function canGuard(source: DataSource): boolean {
  return source.options.type !== 'mongodb';
}

function findRunners(source: DataSource, place: PoolPlace): CandidateRunners {
  const { type, database } = source.options;
  const createQueryRunner = source.driver.createQueryRunner.bind(source.driver);
  const create = () => createQueryRunner('master');
  if (SINGLE.includes(type)) return new SharedConnection(source, place, create);
  if (!FILES.includes(type)) return new CandidatePool(source, place);
  return isFile(database) ? new SingleConnection(source, place) : new SharedConnection(source, place, create);
}

function isFile(database: unknown): boolean {
  return typeof database === 'string' && database !== '' && !/:memory:|[?&]mode=memory/.test(database);
}
