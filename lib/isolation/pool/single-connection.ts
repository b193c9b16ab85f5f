import type { DataSource, QueryRunner } from 'typeorm';
import type { CandidateContext } from '../../experiment/run-context.js';
import { CandidatePool, type CandidateRunners, type PoolPlace } from './candidate-pool.js';
import type { HeldConnections } from './held-connections.js';
import { StatementGate } from '../../effects/statements/statement-gate.js';
import type { WriteMode } from '../../experiment/write-mode.js';
import type { OwnContext } from '../../base/own-context.js';
import { refusedToCaller, withoutConnection } from '../refused-statement.js';
import { runnerFor, type SingleDriver } from './second-driver.js';

/** Methods of SQLite's connections that send a statement. */
const STATEMENT_METHODS = new Set<PropertyKey>(['prepare', 'run', 'all', 'get', 'each', 'exec', 'iterate', 'pragma', 'execute']);

const BEGINS = /^\s*(?:begin|savepoint)\b/i;
const BUSY = /^SQLITE_(?:BUSY|LOCKED)/;

/**
 * Pool of a single connection, for SQLite files: a second connection to the file, which candidates share. A transaction on it would lock
 * the file for the application, or include other candidates' statements. So candidates can't begin one.
 */
export class SingleConnection extends CandidatePool {
  constructor(
    private readonly data: DataSource,
    place: PoolPlace,
    writes: WriteMode,
  ) {
    super(data, place, writes);
  }

  /** The file is opened for reading, and what is sent on the connection passes a filter of its own. */
  override prepare(): Promise<void> {
    return Promise.resolve();
  }

  override lend(candidate: CandidateContext, held: HeldConnections): QueryRunner {
    const driver = this.current() as SingleDriver; // a driver of one connection
    const create = () => driver.createQueryRunner('master');
    return lendOn({ driver, create, source: this.data, own: this.place.own }, candidate, (runner) => held.lend(runner, this));
  }
}

/** Source of runners on the application's own connection, where there can be no second one. Candidates use it between transactions. */
export class SharedConnection implements CandidateRunners {
  private hasSaid = false;
  private readonly gate: StatementGate;

  constructor(
    private readonly source: DataSource,
    private readonly place: PoolPlace,
    /** Makes a runner of the application's driver that is not guarded. */
    private readonly create: () => QueryRunner,
  ) {
    this.gate = new StatementGate(source.options.type);
  }

  lend(candidate: CandidateContext, held: HeldConnections): QueryRunner {
    this.warnOnce();
    const driver = this.source.driver as SingleDriver;
    const isInTransaction = () => driver.queryRunner?.isTransactionActive === true || inTransaction(driver.databaseConnection);
    const { source, create, gate } = this;
    const connections = { gate, ready: () => Promise.resolve(), prepare: () => Promise.resolve(), failed: () => undefined };
    return lendOn(
      { driver, create, source, own: this.place.own },
      candidate,
      (runner) => held.lend(runner, connections),
      isInTransaction,
    );
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private warnOnce(): void {
    if (this.hasSaid) return;
    this.hasSaid = true;
    this.place.say(
      `Candidates share the only connection to the ${this.source.options.type} database in memory. While a transaction is open on it, ` +
        'their statements are refused, and such runs are skipped.',
    );
  }
}

/** Parts that a runner is made of. */
interface Making {
  readonly driver: SingleDriver;
  readonly create: () => QueryRunner;
  readonly source: DataSource;
  readonly own: OwnContext;
}

/** Lends a runner of its own on a shared connection. */
function lendOn(
  { driver, create, source, own }: Making,
  candidate: CandidateContext,
  lend: (runner: QueryRunner) => QueryRunner,
  isInTransaction: () => boolean = () => false,
): QueryRunner {
  const { queryRunner } = driver;
  driver.queryRunner = undefined; // makes the driver create another
  const runner = runnerFor(source, create());
  driver.queryRunner = queryRunner;
  const before = () => {
    if (isInTransaction()) throw refusedToCaller(candidate);
  };
  const guard = new SentStatements(before, () => makeTransactionError(candidate), own);
  const seen = Object.create(driver, {
    databaseConnection: { get: () => guard.connection(driver.databaseConnection) },
  }) as SingleDriver;
  Object.assign(runner, { driver: seen });
  const query = runner.query.bind(runner);
  runner.startTransaction = () => Promise.reject(makeTransactionError(candidate));
  runner.query = (...statement: Parameters<QueryRunner['query']>) => {
    if (BEGINS.test(statement[0])) return Promise.reject(makeTransactionError(candidate));
    return query(...statement).catch((error: unknown) => {
      throw explain(error, candidate);
    });
  };
  return lend(runner);
}

/** Filter of the statements that are sent on a shared connection. */
class SentStatements {
  private readonly seen = new WeakMap<object, object>();

  constructor(
    private readonly before: () => void,
    private readonly refuse: () => Error,
    private readonly own: OwnContext,
  ) {}

  /** Returns a connection that checks each statement in the turn in which it is sent. */
  connection(connection: object | undefined): object | undefined {
    if (connection === undefined) return undefined;
    let seen = this.seen.get(connection);
    if (seen === undefined) {
      seen = this.wrapConnection(connection, connection);
      this.seen.set(connection, seen);
    }
    return seen;
  }

  private wrapConnection(target: object, connection: object): object {
    return new Proxy(target, {
      get: (_, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        if (!STATEMENT_METHODS.has(key)) return value.bind(target) as unknown;
        return (...args: unknown[]) => this.send(() => Reflect.apply(value, target, args) as unknown, connection);
      },
    });
  }

  private send(act: () => unknown, connection: object): unknown {
    this.before();
    const given = this.own.run(act); // the connection is the application's, and refuses what a candidate sends on it
    if (inTransaction(connection)) {
      // The statement's text began a transaction: roll it back in the same turn.
      (connection as { exec(statement: string): void }).exec('ROLLBACK');
      throw this.refuse();
    }
    const isStatement = typeof given === 'object' && given !== null && 'run' in given;
    return isStatement && given !== connection ? this.wrapConnection(given, connection) : given;
  }
}

/** Decides whether a transaction is open. Only `better-sqlite3` tells. */
function inTransaction(connection: object | undefined): boolean {
  return connection !== undefined && 'inTransaction' in connection && connection.inTransaction === true;
}

function makeTransactionError(candidate: CandidateContext): Error {
  const why = 'on SQLite it would have begun a transaction, which the application’s statements would wait for or become part of.';
  return withoutConnection(candidate, why);
}

/** Explains that the application has locked the file, which is no fault of the candidate's. */
function explain(error: unknown, candidate: CandidateContext): unknown {
  const cause = error instanceof Error && 'driverError' in error ? error.driverError : error;
  const { code } = Object(cause) as { code?: unknown };
  return typeof code === 'string' && BUSY.test(code)
    ? withoutConnection(candidate, 'the application has locked the database.', error)
    : error;
}
