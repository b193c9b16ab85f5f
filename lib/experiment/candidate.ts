import { types } from 'node:util';
import { take, type Observable, type Subscription } from 'rxjs';
import type { Elapsed } from './clock.js';
import { CurrentCandidate } from './current.js';
import type { CandidateDefinition } from './definition.js';
import { StudiesError } from './errors.js';
import type { Surroundings } from './experiment.state.js';
import { isThenable } from './guards.js';
import { EMITTED_LIMIT, isEmitting, isPlainPromise } from './hand-on.js';
import type { MaybePromise } from './maybe-promise.js';
import type { CandidateExecution } from './observation.js';

type Given = { kind: 'returned'; value: unknown } | { kind: 'threw'; error: unknown; timedOut?: true };

/** One candidate, being run for one call. Never throws or rejects, and settles within the timeout. */
export class CandidateCall {
  private readonly current: CurrentCandidate;

  /**
   * @param timeout in ms
   * @param discard frees a value that comes too late
   */
  constructor(
    private readonly experiment: string,
    private readonly candidate: CandidateDefinition,
    private readonly timeout: number,
    private readonly surroundings: Surroundings,
    private readonly time: (behaviour: string) => (synchronous: boolean) => Elapsed,
    private readonly discard: (value: unknown) => void,
  ) {
    this.current = new CurrentCandidate(experiment, candidate.name, surroundings.current.getStore());
  }

  execute(self: unknown, args: unknown[]): MaybePromise<CandidateExecution> {
    const stop = this.time(this.candidate.name);
    const begun = performance.now();
    let value: unknown;
    try {
      value = this.within(() => this.candidate.call(self, args));
    } catch (error) {
      return this.inTime({ kind: 'threw', error }, stop(true), this.held(begun));
    }
    const blocked = this.held(begun);
    if (!isEmitting(value) && !isThenable(value)) return this.inTime({ kind: 'returned', value }, stop(true), blocked);
    // A promise is under way already; what is lazy, an Observable or a thenable, begins only now.
    return types.isPromise(value) && isPlainPromise(value)
      ? this.settled(value, () => stop(false), blocked)
      : this.within(() => this.settled(value, () => stop(false), blocked));
  }

  /** For how long the candidate has held the event loop, in ms. */
  private held(begun: number): number {
    const blocked = performance.now() - begun;
    this.surroundings.eventLoop.hold(blocked);
    return blocked;
  }

  private within<Value>(call: () => Value): Value {
    return this.surroundings.current.run(this.current, call);
  }

  /** A candidate that was synchronous can't be stopped, but it can be seen to have taken too long. */
  private inTime(given: Given, elapsed: Elapsed, blocked: number): CandidateExecution {
    const isLate = elapsed.duration > this.timeout;
    return executed(isLate ? { kind: 'threw', error: this.timedOut(), timedOut: true } : given, elapsed, blocked);
  }

  /** @param stop stops the clock */
  private settled(value: unknown, stop: () => Elapsed, blocked: number): Promise<CandidateExecution> {
    const { activity } = this.surroundings;
    activity.begin();
    activity.entered(this.current);
    return new Promise((resolve) => {
      const collecting = new Collecting(
        this.discard,
        (subscribe) => this.within(subscribe),
        (given) => {
          clearTimeout(timer);
          activity.left(this.current);
          activity.end();
          resolve(executed(given, stop(), blocked));
        },
      );
      const timer = setTimeout(() => this.within(() => this.current.abort(this.timedOut())), this.timeout);
      timer.unref();
      this.current.onAbort((error) => collecting.settle({ kind: 'threw', error, timedOut: true }));
      collecting.collect(value);
    });
  }

  private timedOut(): StudiesError {
    return new StudiesError(
      'CANDIDATE_TIMED_OUT',
      `Candidate "${this.candidate.name}" of experiment "${this.experiment}" took longer than its timeout of ${this.timeout} ms. ` +
        'Raise "timeout", or stop the work when the signal of ExperimentService.current() fires.',
      { experiment: this.experiment, candidate: this.candidate.name, timeout: this.timeout },
    );
  }
}

function executed(given: Given, { duration, cpuTime }: Elapsed, blocked: number): CandidateExecution {
  if (given.kind === 'returned') return { kind: 'returned', value: given.value, duration, cpuTime, blocked };
  return given.timedOut
    ? { kind: 'threw', error: given.error, timedOut: true, duration, cpuTime, blocked }
    : { kind: 'threw', error: given.error, duration, cpuTime, blocked };
}

/** Waits for what a candidate gave: the value of a promise, the list of what an Observable emits. Is done once. */
class Collecting {
  private subscription: Subscription | undefined;
  private isSettled = false;

  constructor(
    private readonly discard: (value: unknown) => void,
    /** Subscribes as the candidate. */
    private readonly enter: (subscribe: () => Subscription) => Subscription,
    private readonly done: (given: Given) => void,
  ) {}

  collect(given: unknown): void {
    if (isEmitting(given)) {
      this.returned(given);
      return;
    }
    void Promise.resolve(given).then(
      (value) => this.returned(value),
      (error: unknown) => this.settle({ kind: 'threw', error }),
    );
  }

  settle(given: Given): void {
    if (this.isSettled) return;
    this.isSettled = true;
    try {
      this.subscription?.unsubscribe();
    } catch {
      // A teardown that fails is its candidate's loss.
    }
    this.done(given);
  }

  private returned(value: unknown): void {
    if (this.isSettled) this.discard(value);
    else if (isEmitting(value)) this.emitted(value);
    else this.settle({ kind: 'returned', value });
  }

  private emitted(source: Observable<unknown>): void {
    const items: unknown[] = [];
    try {
      this.subscription = this.enter(() =>
        source.pipe(take(EMITTED_LIMIT)).subscribe({
          next: (item) => items.push(item),
          error: (error: unknown) => this.settle({ kind: 'threw', error }),
          complete: () => this.settle({ kind: 'returned', value: items }),
        }),
      );
    } catch (error) {
      this.settle({ kind: 'threw', error });
    }
  }
}
