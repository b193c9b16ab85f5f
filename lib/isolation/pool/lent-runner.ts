import type { QueryRunner } from 'typeorm';
import type { CandidateContext } from '../../experiment/run-context.js';
import { StudiesError } from '../../base/errors.js';
import type { OwnContext } from '../../base/own-context.js';
import type { StatementEffect } from '../../effects/statements/statement-effect.js';
import type { StatementGate } from '../../effects/statements/statement-gate.js';
import { HIDDEN_WRITE, refuseEffect } from '../../effects/effect-refused.error.js';
import { isReadOnlyRefusal } from './read-only-session.js';
import { withoutConnection } from '../refused-statement.js';
import { closeConnection, type AnyRunner } from './close-connection.js';
import type { Waiting } from './connection-waiting.js';
import type { ConnectionUser } from './taken-connections.js';

/** Source of the connections of a candidate's query runners. */
export interface ConnectionSource {
  /** Gate of the statements. */
  readonly gate: StatementGate;
  /** Resolves when there are connections. Rejects when there are none. */
  ready(): Promise<void>;
  /** Prepares the session of a connection that a candidate gets. Rejects if it must not have it. */
  prepare(connection: unknown, user: ConnectionUser): Promise<void>;
  /** Reports why a candidate could have no connection. */
  failed(error: unknown, candidate: CandidateContext): void;
}

/** Lender of query runners to one candidate. */
export interface Lender {
  readonly candidate: CandidateContext;
  readonly waiting: Waiting;
  readonly own: OwnContext;
  /** Called once for each runner that is released. */
  released(lent: LentRunner): void;
}

/** Query runner of a candidate, on a connection that the application doesn't use. */
export class LentRunner {
  /** End of its last statement, by `performance.now()`. */
  usedAt = performance.now();
  /** Number of its statements under way. */
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
    this.runner = runner; // members that are not in the interface are checked before use
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

  /** Releases the runner, whatever the candidate has left undone, and closes its connection. */
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
    const obtained = this.lender.own.run(() => this.open());
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
      // A connection that comes too late is returned at once.
      obtained.then(
        () => this.giveBack(),
        () => undefined,
      );
      throw this.explain(error);
    } finally {
      if (abort !== undefined) signal.removeEventListener('abort', abort);
    }
  }

  private async open(): Promise<unknown> {
    await this.connections.ready();
    const connection: unknown = await this.original.connect();
    try {
      await this.connections.prepare(connection, { candidate: this.lender.candidate, note: (effect) => this.note(effect) });
    } catch (error) {
      this.isChanged = true;
      await this.giveBack();
      throw error;
    }
    return connection;
  }

  private explain(error: unknown): unknown {
    if (error instanceof StudiesError) return error;
    this.connections.failed(error, this.lender.candidate);
    return withoutConnection(this.lender.candidate, 'the pool of candidates’ connections provided none.', error);
  }

  private async send<Value>(statement: unknown, act: () => Promise<Value>): Promise<Value> {
    if (this.runner.isReleased) return act();
    const { candidate } = this.lender;
    const effect = typeof statement === 'string' ? this.connections.gate.pass(statement, candidate) : undefined;
    await this.runner.connect();
    if (effect !== undefined) this.note(effect);
    this.busy += 1;
    try {
      return await this.lender.waiting.statement(act);
    } catch (error) {
      // Functions and triggers write without the statement saying so.
      if (effect?.writes === undefined && isReadOnlyRefusal(error)) throw refuseEffect(candidate, HIDDEN_WRITE, error);
      throw error;
    } finally {
      this.busy -= 1;
      this.usedAt = performance.now();
    }
  }

  /** Notes what a statement leaves behind on the connection, unless it is ended. */
  private note({ transaction, changesSession }: StatementEffect): void {
    if (transaction !== undefined) this.isInTransaction = transaction === 'begins';
    if (changesSession) this.isChanged = true;
  }

  private async release(): Promise<void> {
    this.lender.released(this);
    if (this.runner.isReleased) return;
    if (this.isConnected) await this.giveBack();
    else await this.original.release();
  }

  /** Returns a connection to its pool. Closes it instead if it has a state that would affect its next user. */
  private async giveBack(): Promise<void> {
    const { runner } = this;
    runner.isReleased = false; // the drivers return nothing that counts as released
    if (runner.isTransactionActive || this.isInTransaction || this.isChanged) await this.close();
    else await this.original.release();
  }

  private async close(): Promise<void> {
    const left = new Error('A candidate has left a transaction or changed settings on its connection.');
    await closeConnection(this.runner, () => this.original.release(), left);
  }
}
