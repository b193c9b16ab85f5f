import type { AsyncResource } from 'node:async_hooks';
import { types } from 'node:util';
import { makeTimeoutError } from './candidate-timeout.js';
import { CandidateSettling, type Given, type Waiting } from './candidate-settling.js';
import type { Elapsed, Stopwatch } from '../../../base/clock.js';
import { CandidateContext, type LateRefusals } from '../../run-context.js';
import type { CandidateDefinition, ResolvedOptions } from '../../definition.js';
import type { StudiesError } from '../../../base/errors.js';
import type { ReadMoment } from '../../ports/read-moment.js';
import type { ExperimentState } from '../experiment-state.js';
import { isThenable } from '../../../base/user-function.js';
import { isEmitting, isPlainPromise } from '../pass-through.js';
import { ErrorSnapshot } from '../../../values/error-snapshot.js';
import { Leftovers, type Others } from '../../../values/leftovers.js';
import type { CandidateExecution } from '../../observation.js';
import type { Abortable } from '../work-under-way.js';
import type { PlainEquality } from '../../../comparing/plain-equality.js';
import { outsideOfDomain } from '../../../base/outside-of-domain.js';

/** Options of an experiment that a candidate's run needs. */
type CandidateOptions = Pick<ResolvedOptions, 'timeout' | 'inTransaction' | 'writes' | 'record'>;

/** Owner of a candidate's run, which receives its results. */
export interface CandidateOwner {
  /** Async context of the call. */
  readonly context: AsyncResource;
  /** Tells whether results must be reported in it, for functions of the user's. */
  readonly isContextNeeded: boolean;
  /** Moment at which it reads; undefined if it reads when it runs. */
  readonly moment: ReadMoment | undefined;
  /** Receives the result, once: before `execute` returns if the candidate was synchronous, otherwise later. */
  takeExecution(execution: CandidateExecution): void;
  /** Called when the candidate has really settled, in time or late, and its place is free. */
  freePlace(): void;
  /** Values that are not the candidate's, as far as they are known yet. */
  readonly others: Others;
  /** Compares a value with the control's. Undefined if the answer isn't known yet, or the value may hold something to be disposed of. */
  compareValue(value: unknown): PlainEquality | undefined;
  /** Receives a function that disposes of the candidate's value, to be called when nobody reads it any more. Comes before the result. */
  takeLeftovers(dispose: () => void): void;
}

/** Call of one candidate, in an async context of its own, to be executed once it is made. Never throws, and settles within the timeout. */
export class CandidateCall implements Waiting, Abortable, LateRefusals {
  readonly current: CandidateContext;
  place = 0;
  dueAt = Infinity;
  private stopwatch!: Stopwatch; // made by `execute`
  /** Start, by `performance.now()`. */
  private readonly begun: number;
  private blocked = 0;
  /** Tells whether its result is still to be waited for. */
  private isPending = false;
  /** Tells whether it returned a plain promise. */
  private isFollowed = false;
  /** Tells whether it was asynchronous, and is or was under way. */
  private isTracked = false;

  /** @param context async context to run in. Stores that the candidate enters stay within it */
  constructor(
    private readonly state: ExperimentState,
    private readonly candidate: CandidateDefinition,
    private readonly options: CandidateOptions,
    private readonly owner: CandidateOwner,
    private readonly context: AsyncResource,
  ) {
    this.begun = performance.now();
    const held = state.environment.late.begin(this.begun);
    this.current = new CandidateContext(state.name, candidate.name, options, held, owner.moment);
  }

  execute(self: unknown, args: unknown[]): void {
    this.stopwatch = this.state.time(this.candidate.name, this.begun);
    let given: Given;
    try {
      given = this.within(() => {
        const value = this.state.environment.isolation.fork(this.current, () => this.candidate.call(self, args));
        // Its `then` may be an accessor, which is the candidate's own code.
        this.isPending = isEmitting(value) || isThenable(value);
        return { kind: 'returned', value };
      });
    } catch (error) {
      given = { kind: 'threw', error };
    }
    const now = performance.now();
    this.blocked = now - this.begun;
    this.state.environment.eventLoop.hold(this.blocked);
    if (given.kind === 'returned' && this.isPending) this.wait(given.value, now);
    else this.finishSynchronous(given, now);
  }

  abort(error: StudiesError): void {
    this.within(() => this.current.abort(error));
  }

  expire(): void {
    this.abort(this.makeTimeout());
  }

  /** Marks this as a rerun of the control, and not a candidate's run, so that later errors of it aren't counted. */
  ignoreLateFailure(): void {
    this.state.markFailed(this.current);
  }

  within<Value>(act: () => Value): Value {
    return this.context.runInAsyncScope(() => this.state.environment.current.run(this.current, outsideOfDomain, act));
  }

  settled(given: Given): void {
    const isTimedOut = given.kind === 'threw' && given.timedOut;
    // A promise that was under way is followed outside of the candidate's context.
    if (this.isFollowed && !isTimedOut && !this.owner.isContextNeeded) this.finish(given);
    else this.owner.context.runInAsyncScope(() => this.finish(given));
  }

  ended(late: { readonly value: unknown } | undefined): void {
    this.freePlace();
    if (late !== undefined) this.keepLeftovers(late.value);
  }

  refusedLate(effect: string): void {
    this.state.refusedLate(effect, this.options);
  }

  private finish(given: Given): void {
    const elapsed = this.stopTiming(false, performance.now());
    this.dueAt = Infinity;
    if (given.kind === 'threw' && given.timedOut) this.state.slots.late(this, this.options.timeout);
    this.state.environment.activity.end();
    this.handOver(given, elapsed);
  }

  /** Handles a synchronous result. Such a candidate can't be stopped, but can be found to have taken too long. */
  private finishSynchronous(given: Given, now: number): void {
    const elapsed = this.stopTiming(true, now);
    const isLate = elapsed.duration > this.options.timeout;
    this.freePlace();
    if (isLate) this.keepLeftovers(unwrap(given));
    this.handOver(isLate ? { kind: 'threw', error: this.makeTimeout(), timedOut: true } : given, elapsed);
  }

  private wait(value: unknown, now: number): void {
    const { activity } = this.state.environment;
    this.isTracked = true;
    activity.begin();
    activity.entered(this);
    const settling = new CandidateSettling(this);
    this.current.followedBy(settling);
    activity.timeouts.start(this, now + this.options.timeout, now);
    // A promise is under way already. An Observable or another thenable is lazy, and begins only now.
    this.isFollowed = types.isPromise(value) && isPlainPromise(value);
    if (this.isFollowed) settling.follow(value);
    else this.within(() => settling.follow(value));
  }

  /** Returns the place, once the candidate's work is over. */
  private freePlace(): void {
    const { activity, isolation } = this.state.environment;
    this.state.slots.settled(this);
    if (this.isTracked) activity.left(this);
    isolation.settled(this.current);
    this.owner.freePlace();
  }

  private handOver(given: Given, { duration, cpuTime }: Elapsed): void {
    const { blocked, current, owner } = this;
    const known = given.kind === 'returned' ? owner.compareValue(given.value) : undefined;
    if (known === undefined) this.keepLeftovers(unwrap(given));
    const time = Math.max(duration - current.waited, 0);
    const { name: candidate } = this.candidate;
    const { refusal: refused, refusedEffects: effects } = current;
    current.ended(this);
    const reads = current.moment?.timeOf(current);
    owner.takeExecution(
      given.kind === 'returned'
        ? { candidate, kind: 'returned', value: given.value, duration: time, cpuTime, blocked, refused, effects, reads, known }
        : this.makeFailure(given, { candidate, duration: time, cpuTime, blocked, refused, effects, reads }),
    );
  }

  private makeFailure(
    given: Given & { kind: 'threw' },
    did: Pick<CandidateExecution, 'candidate' | 'duration' | 'cpuTime' | 'blocked' | 'refused' | 'effects' | 'reads'>,
  ): CandidateExecution {
    const snapshot = given.timedOut ? undefined : new ErrorSnapshot(given.error);
    return {
      kind: 'threw',
      error: snapshot === undefined ? given.error : snapshot.error,
      snapshot,
      ...(given.timedOut && { timedOut: true }),
      ...did,
      wasLate: this.state.markFailed(this.current),
    };
  }

  private keepLeftovers(result: unknown): void {
    const left = Leftovers.in(result);
    if (left === undefined) return;
    const { owner } = this;
    this.within(() => left.handleRejections(owner.others));
    owner.takeLeftovers(() => this.within(() => left.dispose(owner.others, (stream) => this.current.hasMade(stream))));
  }

  private stopTiming(synchronous: boolean, now: number): Elapsed {
    return this.state.timed(this.candidate.name, this.stopwatch, synchronous, now);
  }

  private makeTimeout(): StudiesError {
    return makeTimeoutError({
      experiment: this.state.name,
      candidate: this.candidate.name,
      timeout: this.options.timeout,
    });
  }
}

function unwrap(given: Given): unknown {
  return given.kind === 'returned' ? given.value : given.error;
}
