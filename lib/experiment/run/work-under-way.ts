import type { CandidateContext } from '../run-context.js';
import { StudiesError } from '../../base/errors.js';
import { Overdue } from '../admission/overdue.js';
import { OwnContext } from '../../base/own-context.js';
import { settlesWithin } from '../../base/settles-within.js';
import { CandidateTimeouts, type Timed } from './candidates/candidate-timeout.js';

/** Candidate under way, which can be aborted. */
export interface Abortable extends Timed {
  readonly current: CandidateContext;
  /** Place in the list of those under way, which keeps it. */
  place: number;
  /** Aborts the candidate in its own context, since what listens to its signal is the candidate's. */
  abort(error: StudiesError): void;
}

/** Work under way in this application: runs, their publishing, and candidates that could still be aborted. */
export class Activity {
  private pending = 0;
  private waiting: (() => void)[] = [];
  // A map or set, from which much comes and goes, would hold what has gone until the next full garbage collection: V8 links its old tables
  // to the new ones, and one that survived holds them all.
  private readonly candidates: Abortable[] = [];
  readonly timeouts: CandidateTimeouts;
  /** Candidates that have timed out and still run. */
  readonly overdue = new Overdue();
  private stopped = false;

  constructor(own: OwnContext = new OwnContext()) {
    this.timeouts = new CandidateTimeouts(this.candidates, own);
  }

  /** Number of asynchronous candidates in flight. */
  get inFlight(): number {
    return this.candidates.length;
  }

  /** Tells whether no run may begin any more. */
  get isStopped(): boolean {
    return this.stopped;
  }

  /** Counts something as under way. `end` has to be called for it, once. */
  begin(): void {
    this.pending += 1;
  }

  /** Notes that something is no longer under way. */
  end(): void {
    this.pending -= 1;
    if (this.pending > 0 || this.waiting.length === 0) return;
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  entered(candidate: Abortable): void {
    candidate.place = this.candidates.push(candidate) - 1;
  }

  /** Notes that a candidate has settled. Once is enough. */
  left(candidate: Abortable): void {
    const { candidates } = this;
    const { place } = candidate;
    if (candidates[place] !== candidate) return;
    const last = candidates.pop();
    if (last === undefined || last === candidate) return;
    candidates[place] = last;
    last.place = place;
  }

  /** Resolves once nothing is under way. */
  async whenIdle(): Promise<void> {
    if (this.pending > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Stops new runs, waits for those under way, and aborts candidates that take longer than `timeout` ms. */
  async stop(timeout: number): Promise<void> {
    this.stopped = true;
    const isIdle = await settlesWithin(timeout, this.whenIdle());
    if (!isIdle) await this.abortAll(timeout);
    this.timeouts.stop();
  }

  private async abortAll(timeout: number): Promise<void> {
    for (const one of [...this.candidates]) {
      const { experiment, candidate } = one.current;
      one.abort(
        new StudiesError(
          'CANDIDATE_ABORTED',
          `Candidate "${candidate}" of experiment "${experiment}" was still running when the application stopped.`,
          { experiment, candidate },
        ),
      );
    }
    // Results of aborted candidates are still compared and published, in the few turns that this takes.
    await settlesWithin(Math.min(timeout, 100), this.whenIdle());
  }
}
