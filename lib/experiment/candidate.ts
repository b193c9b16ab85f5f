import { take, type Observable, type Subscription } from 'rxjs';
import type { Elapsed } from './clock.js';
import { CurrentCandidate } from './current.js';
import type { CandidateDefinition } from './definition.js';
import { StudiesError } from './errors.js';
import type { Surroundings } from './experiment.state.js';
import { isThenable } from './guards.js';
import { EMITTED_LIMIT, isEmitting } from './hand-on.js';
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
    private readonly discard: (value: unknown) => void,
  ) {
    this.current = new CurrentCandidate(experiment, candidate.name, surroundings.current.getStore());
  }

  execute(self: unknown, args: unknown[]): MaybePromise<CandidateExecution> {
    const { surroundings } = this;
    const stop = surroundings.clock(this.candidate.name);
    let value: unknown;
    try {
      value = surroundings.current.run(this.current, () => this.candidate.call(self, args));
    } catch (error) {
      return this.inTime({ kind: 'threw', error }, stop(true));
    }
    if (!isEmitting(value) && !isThenable(value)) return this.inTime({ kind: 'returned', value }, stop(true));
    // What is lazy, an Observable or a thenable, begins only now.
    return surroundings.current.run(this.current, () => this.settled(value)).then((given) => ({ ...given, ...stop(false) }));
  }

  /** A candidate that was synchronous can't be stopped, but it can be seen to have taken too long. */
  private inTime(given: Given, elapsed: Elapsed): CandidateExecution {
    return elapsed.duration > this.timeout
      ? { kind: 'threw', error: this.timedOut(), timedOut: true, ...elapsed }
      : { ...given, ...elapsed };
  }

  private async settled(value: unknown): Promise<Given> {
    const { activity } = this.surroundings;
    const aborted = this.aborted();
    activity.begin();
    activity.entered(this.current);
    const timer = setTimeout(() => this.current.abort(this.timedOut()), this.timeout);
    timer.unref();
    const collecting = new Collecting(this.discard);
    const given = await Promise.race([collecting.collect(value), aborted]);
    clearTimeout(timer);
    collecting.stop();
    activity.left(this.current);
    activity.end();
    return given;
  }

  private aborted(): Promise<Given> {
    return new Promise((resolve) => {
      this.current.onAbort((error) => resolve({ kind: 'threw', error, timedOut: true }));
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

/** Waits for what a candidate gave: the value of a promise, the list of what an Observable emits. */
class Collecting {
  constructor(private readonly discard: (value: unknown) => void) {}

  private subscription: Subscription | undefined;
  private isStopped = false;

  async collect(given: unknown): Promise<Given> {
    try {
      const value = await (given as PromiseLike<unknown>); // awaiting what is no promise gives itself
      if (this.isStopped) this.discard(value);
      return { kind: 'returned', value: isEmitting(value) && !this.isStopped ? await this.emitted(value) : value };
    } catch (error) {
      return { kind: 'threw', error };
    }
  }

  stop(): void {
    this.isStopped = true;
    try {
      this.subscription?.unsubscribe();
    } catch {
      // A teardown that fails is its candidate's loss.
    }
  }

  private emitted(source: Observable<unknown>): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      const items: unknown[] = [];
      this.subscription = source.pipe(take(EMITTED_LIMIT)).subscribe({
        next: (item) => items.push(item),
        error: reject,
        complete: () => resolve(items),
      });
    });
  }
}
