import { setTimeout } from 'node:timers';
import type { QueryRunner } from 'typeorm';
import type { CandidateContext } from '../../experiment/current.js';
import type { OwnContext } from '../../base/own-context.js';
import { LentRunner, type ConnectionSource, type Lender } from './lent-runner.js';
import { Waiting } from './waiting.js';

/** ms for which what a candidate has left behind may rest before it is taken back: its late work may still go on with it. */
const LATE = 1_000;

/** The query runners of one candidate. */
export class HeldConnections implements Lender {
  readonly waiting: Waiting;
  private readonly lent = new Map<QueryRunner, LentRunner>();
  /** Those in place of runners of its caller's. */
  private readonly detached = new Map<QueryRunner, QueryRunner>();

  constructor(
    readonly candidate: CandidateContext,
    readonly own: OwnContext,
  ) {
    this.waiting = new Waiting(candidate);
  }

  /** Lends a runner, whose connection comes from where it is said. */
  lend(runner: QueryRunner, connections: ConnectionSource): QueryRunner {
    this.lent.set(runner, new LentRunner(runner, connections, this));
    return runner;
  }

  released({ runner }: LentRunner): void {
    this.lent.delete(runner);
  }

  /** Gives what stands in for a runner of its caller's, if there is something. */
  inPlaceOf(foreign: QueryRunner): QueryRunner | undefined {
    return this.detached.get(foreign);
  }

  /** Gives what stands in for a runner of its caller's: always the same, so that a transaction is one. */
  detach(foreign: QueryRunner, make: () => QueryRunner): QueryRunner {
    let own = this.detached.get(foreign);
    if (own === undefined || own.isReleased) {
      own = make();
      this.detached.set(foreign, own);
    }
    return own;
  }

  /**
   * Takes that the candidate has settled. What stands in for its caller's runners nobody else will release; of the others, what it goes on
   * using is its own, and what rests is taken back.
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
