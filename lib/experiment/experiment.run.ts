import { setImmediate } from 'node:timers';
import { types } from 'node:util';
import { CandidateGroup } from './candidate-group.js';
import type { Elapsed, Stopwatch } from './clock.js';
import { Conclusion } from './conclusion.js';
import type { ExperimentState } from './experiment.state.js';
import { attempt, FAILED, notify } from './guards.js';
import { handOn, type Watcher } from './hand-on.js';
import { chain, told } from './maybe-promise.js';
import { MismatchError } from './mismatch.error.js';
import type { Execution } from './observation.js';
import { isReadOnce } from './read-once.js';
import type { ExperimentResult } from './result.js';
import type { SkipReason } from './run.recorder.js';
import { startOf, type Scope } from './scope.js';
import { SecondRun } from './second-run.js';
import { SerialCandidates } from './serial.candidates.js';

/** The control of an experiment, to be called with the `this` and the arguments of the call. */
export type Control = (...args: unknown[]) => unknown;

/**
 * One call of an experiment: the control, the candidates beside it, and what comes of comparing them.
 *
 * On the caller's path is only what must be done before the control or at the moment it settles: copying what others could
 * change meanwhile. The rest follows in a later turn of the event loop, unless the mode says that the caller waits.
 */
export class ExperimentRun implements Watcher {
  private readonly startedAt = Date.now();
  private readonly order: string[] = [];
  private readonly candidates: CandidateGroup;
  private readonly measuresNoise: boolean;
  private again: SecondRun | undefined;
  private serial: SerialCandidates | undefined;
  private haveStarted = false;
  private stopwatch!: Stopwatch; // made when the control is called

  constructor(
    private readonly state: ExperimentState,
    private readonly scope: Scope,
    private readonly control: Control,
  ) {
    const { noise, recheck, record } = scope.definition.options;
    this.measuresNoise = noise > 0 && record && Math.random() * 100 < noise;
    this.candidates = new CandidateGroup(state, scope, this.order, recheck || this.measuresNoise ? 1 : 0);
  }

  /** Calls the control, and gives what it gives. */
  start(): unknown {
    const { definition, self, report } = this.scope;
    const { beforeRun, mode, recheck } = definition.options;
    if (recheck || this.measuresNoise) this.again = this.secondRun();
    if (beforeRun !== undefined) notify('beforeRun', report, () => beforeRun.call(self, startOf(this.scope)));
    if (mode === 'serial') return this.startInOrder();
    if (mode === 'parallel') queueMicrotask(() => this.startCandidates());
    return this.callControl();
  }

  call(): unknown {
    return this.control.apply(this.scope.self, this.scope.args);
  }

  returned(value: unknown, synchronous: boolean): void | Promise<void> {
    const { duration, cpuTime } = this.timed(synchronous);
    if (!this.isComparable(value)) return this.abandoned('notComparable', value);
    const copy = this.state.surroundings.copier.copy(value);
    return this.settled({ kind: 'returned', value: copy, duration, cpuTime }, synchronous);
  }

  threw(error: unknown, synchronous: boolean): void | Promise<void> {
    const { duration, cpuTime } = this.timed(synchronous);
    return this.settled({ kind: 'threw', error, duration, cpuTime }, synchronous);
  }

  emitted(item: unknown): unknown {
    return this.state.surroundings.copier.copy(item);
  }

  /** Gives up on comparing; what the candidates have begun is waited for and thrown away. */
  abandoned(reason: SkipReason, control?: unknown): void {
    this.state.skip(reason, this.scope.definition.options);
    if (reason === 'notComparable') this.state.reportNotComparable();
    this.candidates.stop(reason);
    this.afterCandidates(() => this.candidates.discard(control));
  }

  get isWaitedFor(): boolean {
    const { mode, raiseOnMismatch } = this.scope.definition.options;
    return mode === 'serial' || raiseOnMismatch;
  }

  private secondRun(): SecondRun {
    const call = (self: unknown, args: unknown[]): unknown => this.control.apply(self, args);
    return new SecondRun(this.state, this.scope, this.candidates, call, this.measuresNoise);
  }

  private startInOrder(): unknown {
    this.serial = new SerialCandidates(this.candidates, this.scope);
    const { before } = this.serial;
    // Only an `async` function is sure to give a promise. Any other is called at once, so that it can stay synchronous.
    return before instanceof Promise && types.isAsyncFunction(this.control)
      ? before.then(() => this.callControl())
      : this.callControl();
  }

  private callControl(): unknown {
    const { control } = this.scope.definition;
    this.order.push(control);
    this.stopwatch = this.state.time(control);
    return handOn(this);
  }

  /** @returns what the caller has to wait for, if anything */
  private settled(control: Execution, synchronous: boolean): void | Promise<void> {
    this.state.surroundings.activity.begin();
    if (!this.scope.definition.options.raiseOnMismatch) {
      setImmediate(() => this.conclude(control, NOBODY));
      return this.serial?.rest();
    }
    const result = told<ExperimentResult | undefined>((tell) => this.conclude(control, tell));
    const raised = chain(result, (known) => this.raise(known));
    if (!synchronous || !(raised instanceof Promise)) return raised;
    raised.catch((error: unknown) => this.scope.report('raiseOnMismatch', error));
  }

  private timed(synchronous: boolean): Elapsed {
    return this.state.timed(this.scope.definition.control, this.stopwatch, synchronous);
  }

  private startCandidates(): void {
    if (this.haveStarted) return;
    this.haveStarted = true;
    this.candidates.start(this.scope.definition.candidates);
  }

  /** Starts the candidates that are still to be started, and calls back when all have settled. */
  private afterCandidates(next: () => void): void {
    if (this.serial !== undefined) {
      const settled = this.serial.rest();
      if (settled instanceof Promise) void settled.then(next);
      else next();
      return;
    }
    this.startCandidates();
    this.candidates.whenSettled(next);
  }

  /** @param tell gets the result, if there is one */
  private conclude(control: Execution, tell: Tell): void {
    this.afterCandidates(() => this.finish(control, tell));
  }

  /** Compares, and passes the result on. Never throws. */
  private finish(control: Execution, tell: Tell): void {
    const conclusion = attempt('run', this.scope.report, () => this.concluded(control));
    if (conclusion === FAILED || conclusion === undefined) {
      this.state.surroundings.activity.end();
      tell(undefined);
      return;
    }
    const rechecked = this.again?.recheck(conclusion);
    if (rechecked instanceof Promise) void rechecked.then(() => this.end(conclusion, tell));
    else this.end(conclusion, tell);
  }

  private end(conclusion: Conclusion, tell: Tell): void {
    const result = attempt('run', this.scope.report, () => this.pass(conclusion));
    this.again?.end(conclusion);
    this.state.surroundings.activity.end();
    tell(result === FAILED ? undefined : result);
  }

  /** Undefined if there is nothing to compare. */
  private concluded(control: Execution): Conclusion | undefined {
    const { scope, state, order, startedAt, candidates } = this;
    if (candidates.skipped === undefined) {
      return new Conclusion(scope, { control, candidates: candidates.executions, order, startedAt }, state);
    }
    state.skip(candidates.skipped, scope.definition.options);
    return undefined;
  }

  private pass(conclusion: Conclusion): ExperimentResult {
    const { scope, state, startedAt, candidates } = this;
    const { options } = scope.definition;
    const { afterRun } = options;
    const result = conclusion.result();
    state.ran(startedAt);
    this.watch(result);
    if (afterRun !== undefined) notify('afterRun', scope.report, () => afterRun.call(scope.self, result));
    if (options.record) state.surroundings.recorder.ran(result, options);
    state.surroundings.publish(result);
    candidates.discard(conclusion.controlValue);
    return result;
  }

  /** Stops the experiment where a candidate goes beyond its guardrails. */
  private watch({ control, candidates }: ExperimentResult): void {
    for (const { name, outcome, duration } of candidates) {
      const blocked = this.candidates.executions.get(name)?.blocked ?? 0;
      const reason = this.state.watch(name, { outcome, duration, control: control.duration, blocked });
      if (reason !== undefined) this.state.halt(`Candidate "${name}": ${reason}`);
    }
  }

  private raise(result: ExperimentResult | undefined): void {
    if (!result?.mismatched) return;
    const { definition, self, report } = this.scope;
    const { raiseWith } = definition.options;
    const custom = raiseWith && attempt('raiseWith', report, () => raiseWith.call(self, result));
    throw custom === undefined || custom === FAILED ? new MismatchError(result) : custom;
  }

  private isComparable(value: unknown): boolean {
    const { compare, clean } = this.scope.definition.options;
    return compare !== undefined || clean !== undefined || !isReadOnce(value);
  }
}

/** Takes the result of a run, if it has one. */
type Tell = (result: ExperimentResult | undefined) => void;

/** Who doesn't wait for it. */
const NOBODY: Tell = () => undefined;
