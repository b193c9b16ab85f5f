import type { QueryRunner } from 'typeorm';
import type { CandidateContext } from '../../experiment/current.js';
import { StudiesError } from '../../base/errors.js';
import type { OwnContext } from '../../base/own-context.js';
import { withoutConnection } from '../refusals.js';
import type { Waiting } from './waiting.js';

/** Where the connections of a candidate's query runners come from. */
export interface ConnectionSource {
  /** Rejects when there are none. */
  ready(): Promise<void>;
  /** Takes why a candidate could have none. */
  failed(error: unknown, candidate: CandidateContext): void;
}

/** What of a query runner is neither in its interface nor the same in all drivers. */
interface AnyRunner extends QueryRunner {
  isReleased: boolean;
  isTransactionActive: boolean;
  transactionDepth?: number;
  databaseConnection?: { destroy?(): void };
  releasePostgresConnection?(error: Error): Promise<void>;
  releaseConnection?(error: Error): Promise<void>;
}

/** Statements that leave something behind on a connection, unless it is ended. */
const BEGINS = /^\s*(?:begin|start\s+transaction|set\s+autocommit)\b/i;
const ENDS = /^\s*(?:commit|rollback(?!\s+(?:work\s+)?to\b)|end)\b/i;
const SETS = /^\s*(?:set|use|listen|lock\s+tables?)\b/i;

/** Who lends query runners to one candidate. */
export interface Lender {
  readonly candidate: CandidateContext;
  readonly waiting: Waiting;
  readonly own: OwnContext;
  /** Takes back a runner. Called once for each. */
  released(lent: LentRunner): void;
}

/** A query runner that a candidate has, on a connection that is no part of the application's. */
export class LentRunner {
  /** When its last statement ended, by `performance.now()`. */
  usedAt = performance.now();
  /** How many of its statements are under way. */
  busy = 0;

  readonly runner: AnyRunner;
  private readonly original: Pick<QueryRunner, 'connect' | 'query' | 'stream' | 'release'>;
  private connecting: Promise<unknown> | undefined;
  private isConnected = false;
  private isInTransaction = false;
  private isChanged = false;

  constructor(
    runner: QueryRunner,
    private readonly connections: ConnectionSource,
    private readonly lender: Lender,
  ) {
    this.runner = runner; // what is not in the interface is looked for before it is used
    this.original = {
      connect: runner.connect.bind(runner),
      query: runner.query.bind(runner),
      stream: runner.stream.bind(runner),
      release: runner.release.bind(runner),
    };
    runner.connect = () => this.connect();
    runner.query = (...statement: Parameters<QueryRunner['query']>) =>
      this.send(statement[0], () => this.original.query(...statement));
    runner.stream = (...statement) => this.send(statement[0], () => this.original.stream(...statement));
    runner.release = () => this.release();
  }

  /** Gives it back, whatever the candidate has left undone. */
  async reclaim(): Promise<void> {
    if (this.runner.isReleased) return;
    this.isChanged = true;
    await this.runner.release();
  }

  private connect(): Promise<unknown> {
    if (this.isConnected) return this.original.connect();
    return (this.connecting ??= this.lender.waiting.connection(() => this.obtain()));
  }

  private async obtain(): Promise<unknown> {
    const { candidate } = this.lender;
    if (candidate.isAborted) throw withoutConnection(candidate, 'nobody waits for the candidate any more.');
    const { signal } = candidate;
    const obtained = this.lender.own.run(() => this.connections.ready().then(() => this.original.connect()));
    let abort: (() => void) | undefined;
    const aborted = new Promise<never>((_, reject) => {
      abort = () => reject(withoutConnection(candidate, 'no connection for candidates was free until its timeout.'));
      signal.addEventListener('abort', abort);
    });
    try {
      const connection: unknown = await Promise.race([obtained, aborted]);
      if (this.runner.isReleased) throw withoutConnection(candidate, 'its query runner was released before it was connected.');
      this.isConnected = true;
      return connection;
    } catch (error) {
      // What comes when nobody wants it any more goes back at once.
      obtained.then(
        () => this.giveBack(),
        () => undefined,
      );
      throw this.explained(error);
    } finally {
      if (abort !== undefined) signal.removeEventListener('abort', abort);
    }
  }

  private explained(error: unknown): unknown {
    if (error instanceof StudiesError) return error;
    this.connections.failed(error, this.lender.candidate);
    return withoutConnection(this.lender.candidate, 'its own pool of connections gave none.', error);
  }

  private async send<Value>(statement: unknown, act: () => Promise<Value>): Promise<Value> {
    if (this.runner.isReleased) return act();
    await this.runner.connect();
    this.note(statement);
    this.busy += 1;
    try {
      return await this.lender.waiting.statement(act);
    } finally {
      this.busy -= 1;
      this.usedAt = performance.now();
    }
  }

  private note(statement: unknown): void {
    if (typeof statement !== 'string') return;
    if (BEGINS.test(statement)) this.isInTransaction = true;
    else if (ENDS.test(statement)) this.isInTransaction = false;
    else if (SETS.test(statement)) this.isChanged = true;
  }

  private async release(): Promise<void> {
    this.lender.released(this);
    if (this.runner.isReleased) return;
    if (this.isConnected) await this.giveBack();
    else await this.original.release();
  }

  /** Gives a connection back to its pool, or closes it where something is left on it that the next would fall into. */
  private async giveBack(): Promise<void> {
    const { runner } = this;
    runner.isReleased = false; // the drivers give nothing back that is said to be
    if (runner.isTransactionActive || this.isInTransaction || this.isChanged) await this.close();
    else await this.original.release();
  }

  private async close(): Promise<void> {
    const { runner } = this;
    const left = new Error('A candidate has left something on its connection.');
    if (runner.releasePostgresConnection !== undefined) await runner.releasePostgresConnection(left);
    else if (runner.releaseConnection !== undefined) await runner.releaseConnection(left);
    else if (typeof runner.databaseConnection?.destroy === 'function') {
      runner.databaseConnection.destroy();
      runner.isReleased = true;
    } else {
      if (runner.isTransactionActive) {
        runner.transactionDepth = 1; // all savepoints at once
        await runner.rollbackTransaction().catch(() => undefined);
      }
      await this.original.release();
    }
  }
}
