import { StudiesError } from '../../../base/errors.js';
import type { OwnContext } from '../../../base/own-context.js';

/** Longest time, in ms, that a timer can be set to. */
const LONGEST = 2 ** 31 - 1;

/** Names of what has timed out, and its time in ms. */
interface TimedOut {
  readonly experiment: string;
  readonly candidate: string;
  readonly timeout: number;
}

/** Makes the error of a candidate that took longer than its timeout: what its run is recorded with, and its signal aborted with. */
export function makeTimeoutError({ experiment, candidate, timeout }: TimedOut): StudiesError {
  return new StudiesError(
    'CANDIDATE_TIMED_OUT',
    `Candidate "${candidate}" of experiment "${experiment}" took longer than its timeout of ${timeout} ms. ` +
      'Raise "timeout", or stop the work when the signal of ExperimentService.current() fires.',
    { experiment, candidate, timeout },
  );
}

/** Candidate that is waited for. It can't be stopped: `expire` aborts its signal, and what it gives later is disposed of. */
export interface Timed {
  /** Time by `performance.now()` from which it has timed out; Infinity if it isn't waited for any more. */
  dueAt: number;
  /** Called once it is due, which has to end the wait. */
  expire(): void;
}

/**
 * Times out candidates, with one timer for all: most settle long before their timeout, and a timer for each would cost them more than their
 * comparison. Keeps no process alive.
 */
export class CandidateTimeouts {
  private timer: NodeJS.Timeout | undefined;
  private firesAt = Infinity;

  /** @param candidates those under way; may be in any order */
  constructor(
    private readonly candidates: readonly Timed[],
    private readonly own: OwnContext,
  ) {}

  /** Starts the time of a candidate that is under way. */
  start(candidate: Timed, dueAt: number, now: number): void {
    candidate.dueAt = dueAt;
    if (dueAt < this.firesAt) this.arm(dueAt, now);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.firesAt = Infinity;
  }

  private arm(at: number, now: number): void {
    clearTimeout(this.timer);
    this.firesAt = at;
    if (at === Infinity) return;
    // A timer can fire up to 1 ms early.
    this.timer = this.own.run(() => setTimeout(() => this.fire(), Math.min(Math.ceil(at - now), LONGEST)));
    this.timer.unref();
  }

  private fire(): void {
    this.firesAt = Infinity;
    const now = performance.now();
    // A copy, because one that expires may leave the list.
    const due = this.candidates.filter(({ dueAt }) => dueAt <= now);
    try {
      for (const candidate of due) {
        candidate.dueAt = Infinity;
        candidate.expire();
      }
    } finally {
      // Even if one had thrown, the others would be waited for.
      this.arm(Math.min(this.firesAt, ...this.candidates.map(({ dueAt }) => dueAt)), performance.now());
    }
  }
}
