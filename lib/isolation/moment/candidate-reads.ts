import type { QueryRunner } from 'typeorm';
import type { ReadTime } from '../../experiment/read-time.js';
import type { CandidateContext } from '../../experiment/run-context.js';
import { closeConnection } from '../pool/close-connection.js';
import type { HeldConnections } from '../pool/held-connections.js';
import { HIDDEN_WRITE, refuseEffect } from '../../effects/effect-refused.error.js';
import { isReadOnlyRefusal } from '../pool/read-only-session.js';
import { withoutConnection } from '../refused-statement.js';
import type { RunMoment } from './run-moment.js';
import { Snapshot } from './snapshot.js';
import type { DriverConnection } from './driver-connection.js';
import { makeUnusable, type SnapshotSource } from './snapshot-source.js';

/** Statements that change a connection's state. A rollback doesn't undo them in every database. */
const SETS = /^\s*(?:set|use)\b/i;

/** Parts that a candidate's reads need. */
export interface ReadsParts {
  readonly candidate: CandidateContext;
  readonly moment: RunMoment;
  readonly source: SnapshotSource;
  readonly held: HeldConnections;
  /** Lends the candidate a runner, for whose connection it waits. */
  readonly lend: () => QueryRunner;
}

/**
 * Statements of one candidate to one data source. All are sent on one snapshot: that of the run's moment, or, where there is none any more,
 * a later one. It ends with the candidate, or when nobody waits for the candidate any more.
 */
export class CandidateReads {
  /** Time at which it has read; `later` if any of its snapshots was later. */
  time: ReadTime | undefined;
  private given: Promise<Snapshot | undefined> | undefined;
  private snapshot: Snapshot | undefined;
  private opening: Promise<Snapshot> | undefined;
  /** Number of its statements under way. */
  private busy = 0;
  private isDue = false;
  private isChanged = false;
  private hasEnded = false;
  private readonly aborted: Promise<never>;

  constructor(private readonly parts: ReadsParts) {
    this.given = parts.moment.take(parts.source);
    const { candidate } = parts;
    this.aborted = new Promise((_, reject) => {
      const abort = () => {
        reject(withoutConnection(candidate, 'nobody waits for the candidate any more.'));
        this.end();
      };
      if (candidate.isAborted) abort();
      else candidate.signal.addEventListener('abort', abort, { once: true });
    });
    this.aborted.catch(() => undefined);
  }

  /** Returns the connection of the snapshot. */
  async connect(): Promise<DriverConnection> {
    return (await this.open()).connection;
  }

  /**
   * Sends a statement.
   *
   * @param act sends it on the connection that `connect` returns
   */
  async send<Value>(statement: string, act: () => Promise<Value>): Promise<Value> {
    const { candidate, source } = this.parts;
    const { writes, transaction } = source.connections.gate.effectOf(statement);
    if (writes !== undefined) throw refuseEffect(candidate, writes);
    // Behind it, the text would read outside of the snapshot.
    if (transaction !== undefined) throw refuseEffect(candidate, 'a text that begins or ends a transaction');
    if (SETS.test(statement)) this.isChanged = true;
    const snapshot = await this.open();
    try {
      return await this.attempt(act);
    } catch (error) {
      if (isReadOnlyRefusal(error)) candidate.refuseEffect(HIDDEN_WRITE);
      // PostgreSQL refuses whatever follows a failure in a transaction.
      const isAlive = await snapshot.rollBack();
      if (!isAlive) await this.drop(snapshot);
      if (this.hasEnded || (isAlive && !source.dialect.followsFailure(error)))
        throw isReadOnlyRefusal(error) ? refuseEffect(candidate, HIDDEN_WRITE, error) : error;
      // Reading again, after a lost connection or beside a failure, does no harm.
      await this.open();
      return await this.attempt(act);
    }
  }

  /** Ends the snapshot. No statement can be sent afterwards. */
  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    void this.snapshot?.end(this.busy > 0 || this.isChanged);
    void this.given?.then((snapshot) => snapshot?.end());
  }

  private async attempt<Value>(act: () => Promise<Value>): Promise<Value> {
    this.busy += 1;
    try {
      return await this.parts.held.waiting.statement(() => Promise.race([act(), this.aborted]));
    } finally {
      this.busy -= 1;
      if (this.isDue) this.rollBackIfIdle();
    }
  }

  /** Returns a snapshot whose transaction is open. */
  private async open(): Promise<Snapshot> {
    if (this.hasEnded) throw withoutConnection(this.parts.candidate, 'its snapshot has ended.');
    if (this.snapshot?.isOpen) return this.snapshot;
    this.opening ??= this.obtain().finally(() => {
      this.opening = undefined;
    });
    return this.parts.held.waiting.connection(() => Promise.race([this.opening ?? this.aborted, this.aborted]));
  }

  private async obtain(): Promise<Snapshot> {
    const given = await this.given;
    this.given = undefined;
    if (given?.isOpen) {
      this.parts.source.taken(given);
      this.time ??= 'sameMoment';
      return this.hold(given);
    }
    this.time = 'later';
    const snapshot = this.snapshot ?? (await this.lendSnapshot());
    try {
      await snapshot.begin();
    } catch (error) {
      this.snapshot = undefined;
      this.parts.source.connections.failed(error, this.parts.candidate);
      throw withoutConnection(this.parts.candidate, 'a read-only transaction could not be begun for it.', error);
    }
    return this.hold(snapshot);
  }

  private async hold(snapshot: Snapshot): Promise<Snapshot> {
    if (this.hasEnded) {
      await snapshot.end();
      throw withoutConnection(this.parts.candidate, 'nobody waits for the candidate any more.');
    }
    this.snapshot = snapshot;
    snapshot.onDue = () => this.rollBackIfIdle();
    return snapshot;
  }

  private async lendSnapshot(): Promise<Snapshot> {
    const { source, held, moment } = this.parts;
    const runner = this.parts.lend();
    return new Snapshot({
      connection: (await runner.connect()) as DriverConnection, // as these drivers have it
      dialect: source.dialect,
      own: held.own,
      timeout: moment.timeout,
      giveBack: async (isClosed) => {
        if (isClosed) await closeConnection(runner, () => runner.release(), makeUnusable());
        await runner.release();
      },
    });
  }

  /** Ends a transaction that has been open for too long, when no statement is under way. The next statement begins another. */
  private rollBackIfIdle(): void {
    const { snapshot } = this;
    this.isDue = this.busy > 0;
    if (this.isDue || snapshot === undefined) return;
    void snapshot.rollBack().then((isAlive) => (isAlive ? undefined : this.drop(snapshot)));
  }

  /** Gives up a connection that is lost. */
  private async drop(snapshot: Snapshot): Promise<void> {
    if (this.snapshot === snapshot) this.snapshot = undefined;
    await snapshot.end(true);
  }
}
