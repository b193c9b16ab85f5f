import { types } from 'node:util';
import { CandidateSettling, type Given, type Waiting } from './candidate.settling.js';
import type { Elapsed, Stopwatch } from './clock.js';
import { CurrentCandidate } from './current.js';
import type { CandidateDefinition } from './definition.js';
import { StudiesError } from './errors.js';
import type { ExperimentState } from './experiment.state.js';
import { isThenable } from './guards.js';
import { isEmitting, isPlainPromise } from './hand-on.js';
import type { CandidateExecution } from './observation.js';

/** Who has a candidate run. */
export interface CandidateOwner {
  /** Takes what came of it, once: before `execute` returns if it was synchronous, else later, in the context of `execute`. */
  executed(candidate: string, execution: CandidateExecution): void;
  /** Frees a value that nobody will read. */
  free(value: unknown): void;
}

/** One candidate, being run for one call. Never throws, and settles within the timeout. */
export class CandidateCall implements Waiting {
  private readonly current: CurrentCandidate;
  private stopwatch!: Stopwatch; // made by `execute`
  private timer: NodeJS.Timeout | undefined;
  private blocked = 0;

  /** @param timeout in ms */
  constructor(
    private readonly state: ExperimentState,
    private readonly candidate: CandidateDefinition,
    private readonly timeout: number,
    private readonly owner: CandidateOwner,
  ) {
    this.current = new CurrentCandidate(state.name, candidate.name, state.surroundings.current.getStore());
  }

  execute(self: unknown, args: unknown[]): void {
    this.stopwatch = this.state.time(this.candidate.name);
    const begun = performance.now();
    let value: unknown;
    try {
      value = this.within(() => this.candidate.call(self, args));
    } catch (error) {
      this.hold(begun);
      this.inTime({ kind: 'threw', error });
      return;
    }
    this.hold(begun);
    if (isEmitting(value) || isThenable(value)) this.wait(value);
    else this.inTime({ kind: 'returned', value });
  }

  within<Value>(act: () => Value): Value {
    return this.state.surroundings.current.run(this.current, act);
  }

  settled(given: Given): void {
    const elapsed = this.timed(false);
    const { activity } = this.state.surroundings;
    clearTimeout(this.timer);
    activity.left(this.current);
    activity.end();
    this.done(given, elapsed);
  }

  tooLate(value: unknown): void {
    this.owner.free(value);
  }

  /** Notes for how long the candidate has held the event loop. */
  private hold(begun: number): void {
    this.blocked = performance.now() - begun;
    this.state.surroundings.eventLoop.hold(this.blocked);
  }

  /** A candidate that was synchronous can't be stopped, but it can be seen to have taken too long. */
  private inTime(given: Given): void {
    const elapsed = this.timed(true);
    const isLate = elapsed.duration > this.timeout;
    this.done(isLate ? { kind: 'threw', error: this.timedOut(), timedOut: true } : given, elapsed);
  }

  private wait(value: unknown): void {
    const { activity } = this.state.surroundings;
    const { current } = this;
    activity.begin();
    activity.entered(current);
    const settling = new CandidateSettling(this);
    current.onAbort((error) => settling.settle({ kind: 'threw', error, timedOut: true }));
    this.timer = setTimeout(() => this.within(() => current.abort(this.timedOut())), this.timeout);
    this.timer.unref();
    // A promise is under way already; what is lazy, an Observable or a thenable, begins only now.
    if (types.isPromise(value) && isPlainPromise(value)) settling.follow(value);
    else this.within(() => settling.follow(value));
  }

  private done(given: Given, { duration, cpuTime }: Elapsed): void {
    const { blocked } = this;
    this.owner.executed(
      this.candidate.name,
      given.kind === 'returned'
        ? { kind: 'returned', value: given.value, duration, cpuTime, blocked }
        : { kind: 'threw', error: given.error, ...(given.timedOut && { timedOut: true }), duration, cpuTime, blocked },
    );
  }

  private timed(synchronous: boolean): Elapsed {
    return this.state.timed(this.candidate.name, this.stopwatch, synchronous);
  }

  private timedOut(): StudiesError {
    return new StudiesError(
      'CANDIDATE_TIMED_OUT',
      `Candidate "${this.candidate.name}" of experiment "${this.state.name}" took longer than its timeout of ${this.timeout} ms. ` +
        'Raise "timeout", or stop the work when the signal of ExperimentService.current() fires.',
      { experiment: this.state.name, candidate: this.candidate.name, timeout: this.timeout },
    );
  }
}
