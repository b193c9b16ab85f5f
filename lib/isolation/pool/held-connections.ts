import { setTimeout } from 'node:timers';
import type { QueryRunner } from 'typeorm';
import type { CandidateContext } from '../../experiment/run-context.js';
import type { OwnContext } from '../../base/own-context.js';
import { LentRunner, type ConnectionSource, type Lender } from './lent-runner.js';
import { Waiting } from './connection-waiting.js';

/**
 * Time, in ms, for which a runner of a settled candidate may be idle before it is reclaimed. The candidate's late work may still use it.
 */
const LATE = 1_000;

/** Query runners of one candidate. */
export class HeldConnections implements Lender {
  readonly waiting: Waiting;
  private readonly lent = new Map<QueryRunner, LentRunner>();
  /** Runners that replace runners of the caller's. */
  private readonly detached = new Map<QueryRunner, QueryRunner>();

  constructor(
    readonly candidate: CandidateContext,
    readonly own: OwnContext,
  ) {
    this.waiting = new Waiting(candidate);
  }

  /** Lends a runner, whose connection comes from the given source. */
  lend(runner: QueryRunner, connections: ConnectionSource): QueryRunner {
    this.lent.set(runner, new LentRunner(runner, connections, this));
    return runner;
  }

  released({ runner }: LentRunner): void {
    this.lent.delete(runner);
  }

  /** Returns the replacement of a caller's runner, if there is one. */
  inPlaceOf(foreign: QueryRunner): QueryRunner | undefined {
    return this.detached.get(foreign);
  }

  /** Returns the replacement of a caller's runner. It is always the same, so that a transaction stays on one connection. */
  detach(foreign: QueryRunner, make: () => QueryRunner): QueryRunner {
    let own = this.detached.get(foreign);
    if (own === undefined || own.isReleased) {
      own = make();
      this.detached.set(foreign, own);
    }
    return own;
  }

  /**
   * Notes that the candidate has settled. Releases idle replacements of its caller's runners, because nobody else does. Of the other
   * runners, the candidate keeps those that it still uses, and idle ones are reclaimed.
   */
  settled(): void {
    for (const own of this.detached.values()) {
      if (this.lent.get(own)?.busy === 0) void own.release().catch(() => undefined);
    }
    this.detached.clear();
    this.tidyLater();
  }

  private tidyLater(): void {
    if (this.lent.size > 0) this.own.run(() => setTimeout(() => this.tidy(), LATE).unref());
  }

  private tidy(): void {
    const now = performance.now();
    for (const lent of this.lent.values()) {
      if (lent.busy === 0 && now - lent.usedAt >= LATE) void lent.reclaim().catch(() => undefined);
    }
    this.tidyLater();
  }
}
