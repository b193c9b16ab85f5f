import type { CandidateContext } from '../run-context.js';
import { StudiesError } from '../../base/errors.js';
import { Overdue } from '../admission/overdue.js';
import { settlesWithin } from '../../base/settles-within.js';

/** Work under way in this application: runs, their publishing, and candidates that could still be aborted. */
export class Activity {
  private pending = 0;
  private waiting: (() => void)[] = [];
  private readonly candidates = new Map<CandidateContext, (error: StudiesError) => void>();
  /** Candidates that have timed out and still run. */
  readonly overdue = new Overdue();
  private stopped = false;

  /** Number of asynchronous candidates in flight. */
  get inFlight(): number {
    return this.candidates.size;
  }

  /** Tells whether no run may begin any more. */
  get isStopped(): boolean {
    return this.stopped;
  }

  /** Counts something as under way until the returned function is called. */
  track(): () => void {
    this.pending += 1;
    let isUnderWay = true;
    return () => {
      if (!isUnderWay) return;
      isUnderWay = false;
      this.pending -= 1;
      if (this.pending > 0 || this.waiting.length === 0) return;
      for (const resolve of this.waiting.splice(0)) resolve();
    };
  }

  /** @param abort aborts the candidate in its own context, since what listens to its signal is the candidate's */
  entered(candidate: CandidateContext, abort: (error: StudiesError) => void): void {
    this.candidates.set(candidate, abort);
  }

  left(candidate: CandidateContext): void {
    this.candidates.delete(candidate);
  }

  /** Resolves once nothing is under way. */
  async whenIdle(): Promise<void> {
    if (this.pending > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Stops new runs, waits for those under way, and aborts candidates that take longer than `timeout` ms. */
  async stop(timeout: number): Promise<void> {
    this.stopped = true;
    if (await settlesWithin(timeout, this.whenIdle())) return;
    for (const [candidate, abort] of [...this.candidates]) {
      abort(
        new StudiesError(
          'CANDIDATE_ABORTED',
          `Candidate "${candidate.candidate}" of experiment "${candidate.experiment}" was still running when the application stopped.`,
          { experiment: candidate.experiment, candidate: candidate.candidate },
        ),
      );
    }
    // Results of aborted candidates are still compared and published, in the few turns that this takes.
    await settlesWithin(Math.min(timeout, 100), this.whenIdle());
  }
}
