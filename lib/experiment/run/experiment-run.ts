import { types } from 'node:util';
import { CandidateGroup } from './candidate-group.js';
import type { Task } from '../../base/event-loop-turn.js';
import type { Elapsed, Stopwatch } from '../../base/clock.js';
import { RERUNS } from '../comparison/conclusion.js';
import { concludeMatch } from './match-conclusion.js';
import { ControlContext, type RunContext } from '../run-context.js';
import type { ExperimentState } from './experiment-state.js';
import { attempt, FAILED, notify } from '../../base/user-function.js';
import { passThrough, type Watcher } from './pass-through.js';
import { chain, fromCallback } from '../../base/maybe-promise.js';
import { MismatchError } from '../mismatch.error.js';
import type { Execution } from '../observation.js';
import type { ExperimentResult } from '../result.js';
import { describeStart, type SampledCall } from '../sampled-call.js';
import { ControlRerun } from './control-rerun.js';
import { RunEnding, type SettledRun } from './run-ending.js';
import { RunEvidence } from './run-evidence.js';
import { SerialCandidates } from './serial-candidates.js';
import { ErrorSnapshot } from '../../values/error-snapshot.js';
import { holdsSingleUse, isReadOnce } from '../../values/single-use.js';
import type { Snapshot } from './snapshot.js';
import type { SkipReason } from '../skip-reason.js';

/** Control of an experiment. It is called with the `this` and the arguments of the call. */
export type Control = (...args: unknown[]) => unknown;

/**
 * Run of one call: the control, the candidates beside it, and the comparison.
 *
 * The maker of a run calls the control itself, between `enterControl()` and `leaveControl()`, and passes its result on. So no frame of this
 * library stands on the stack between the control and its caller. The caller waits only for what must be done before the control, or at the
 * moment when it settles: copying what others could change meanwhile. The rest follows in a later turn of the event loop, unless the mode
 * makes the caller wait.
 */
export class ExperimentRun implements Watcher, SettledRun, Task {
  readonly startedAt = Date.now();
  readonly order: string[] = [];
  readonly candidates: CandidateGroup;
  readonly evidence: RunEvidence;
  private readonly measuresNoise: boolean;
  again: ControlRerun | undefined;
  private serial: SerialCandidates | undefined;
  private haveStarted = false;
  private isOver = false;
  /** Copy of the control's value, if it is ordinary data. */
  private plain: ValueCopy | undefined;
  private stopwatch!: Stopwatch; // made when the control is called
  private settledControl: Execution | undefined;

  /** To be made in the async context of the call. */
  constructor(
    readonly state: ExperimentState,
    readonly scope: SampledCall,
    private readonly control: Control,
    private readonly snapshot: Snapshot,
    /** Run that the call is made from, if any. */
    private readonly around: RunContext | undefined,
  ) {
    const { noise, reads, recheck, timeout } = scope.definition.options;
    this.evidence = new RunEvidence(state, scope, this.startedAt);
    this.measuresNoise = this.evidence.mayRepeat && Math.random() * 100 < noise;
    const others = (recheck ? RERUNS : 0) + (this.measuresNoise ? 1 : 0);
    this.candidates = new CandidateGroup(state, scope, snapshot.args, this.order, others);
    if (reads === 'sameMoment') {
      const readers = scope.definition.candidates.length + (this.measuresNoise ? 1 : 0);
      this.candidates.moment = state.environment.isolation.makeMoment(readers, timeout);
    }
    state.prepared += 1;
  }

  get delaysCaller(): boolean {
    const { mode, raiseOnMismatch } = this.scope.definition.options;
    return raiseOnMismatch || mode === 'serial';
  }

  get makesPromises(): boolean {
    return types.isAsyncFunction(this.control);
  }

  /** Starts what comes before the control. */
  begin(): void {
    const { definition, self, host } = this.scope;
    const { beforeRun, mode, recheck } = definition.options;
    if (recheck || this.measuresNoise) this.again = this.makeRerun();
    if (beforeRun !== undefined) notify('beforeRun', host, () => beforeRun.call(self, describeStart(this.scope)));
    if (mode === 'serial') this.evidence.read(this.snapshot);
    if (mode === 'serial') this.serial = new SerialCandidates(this.candidates, this.scope);
    if (mode === 'parallel') queueMicrotask(() => this.startCandidates());
  }

  /** Tells whether the control has to wait for candidates before it. Only an `async` control does, since it returns a promise anyway. */
  get isDeferred(): boolean {
    return this.serial?.before instanceof Promise && types.isAsyncFunction(this.control);
  }

  /** Calls the control when the candidates before it have settled. */
  async deferred(): Promise<unknown> {
    await this.serial?.before;
    this.enterControl();
    let given: unknown;
    try {
      given = this.control.apply(this.scope.self, this.scope.args);
    } catch (error) {
      this.leaveControl();
      throw this.passError(error);
    }
    this.leaveControl();
    return this.passThrough(given);
  }

  /** Notes that the control is called now. Until `leaveControl()`, the async context is that of a run. */
  enterControl(): void {
    const { control } = this.scope.definition;
    const { current } = this.state.environment;
    this.order.push(control);
    this.stopwatch = this.state.time(control, performance.now());
    current.enterWith(new ControlContext(this.state.name, this.around, this.candidates.moment));
  }

  /** Notes that the control has returned or thrown. */
  leaveControl(): void {
    this.state.environment.current.enterWith(this.around as RunContext); // where there was none before, undefined is put back
  }

  /** Receives what the control returned. Returns the value for its caller. */
  passThrough(given: unknown): unknown {
    return passThrough(given, this);
  }

  /** Receives what the control threw synchronously, and returns it. */
  passError(error: unknown): unknown {
    void this.threw(error, true);
    return error;
  }

  returned(value: unknown, synchronous: boolean): void | Promise<void> {
    const { duration, cpuTime } = this.stopTiming(synchronous);
    this.candidates.control = value;
    const copied = this.copyValue(value);
    if (!copied?.isPlain && !this.saysHowToCompare && isReadOnce(value) && !this.hasEqualityFor(value))
      return this.abandoned('notComparable', value);
    if (copied === undefined) return this.abandoned('tooLarge', value);
    if (copied.isPlain) this.plain = copied;
    return this.controlSettled({ kind: 'returned', value: copied.value, duration, cpuTime }, synchronous);
  }

  completed(items: unknown[]): void | Promise<void> {
    this.candidates.control = items;
    return this.controlSettled({ kind: 'returned', value: items, ...this.stopTiming(false) }, false);
  }

  threw(error: unknown, synchronous: boolean): void | Promise<void> {
    const { duration, cpuTime } = this.stopTiming(synchronous);
    const isCopied = this.scope.definition.options.isolate === 'copy';
    const snapshot = isCopied ? new ErrorSnapshot(error, (part) => this.copyPart(part)) : undefined;
    const thrown: Execution = {
      kind: 'threw',
      // Made when it is compared, because the caller waits here.
      get error() {
        return snapshot === undefined ? error : snapshot.error;
      },
      snapshot,
      duration,
      cpuTime,
    };
    return this.controlSettled(thrown, synchronous);
  }

  emitted(item: unknown): { readonly value: unknown } | undefined {
    return this.copyValue(item);
  }

  /** Gives up comparing. Waits for the candidates that were started, and discards their values. */
  abandoned(reason: SkipReason, control?: unknown): void {
    this.state.skip(reason, this.scope.definition.options);
    this.state.explain(reason);
    this.candidates.stop(reason);
    this.candidates.control ??= control;
    this.makeRoom();
    this.whenCandidatesSettled(() => this.candidates.discard());
  }

  /** @returns a promise that the caller has to wait for, if there is one */
  private controlSettled(control: Execution, synchronous: boolean): void | Promise<void> {
    this.settledControl = control;
    const { activity, turn } = this.state.environment;
    activity.begin();
    this.candidates.moment?.controlSettled();
    if (!this.scope.definition.options.raiseOnMismatch) {
      turn.later(this);
      return this.serial?.rest();
    }
    const result = fromCallback<ExperimentResult | undefined>((tell) => this.goOn(tell));
    const raised = chain(result, (known) => this.raiseMismatch(known));
    if (!synchronous || !(raised instanceof Promise)) return raised;
    raised.catch((error: unknown) => this.scope.host.report('raiseOnMismatch', error));
  }

  get owner(): object {
    return this.state;
  }

  /** Goes on in a later turn. */
  work(): void {
    this.goOn(NOBODY);
  }

  /** Goes on in the async context of the call if functions of the user's are called from now on, because they may read its stores. */
  private goOn(tell: Tell): void {
    const { candidates, settledControl } = this;
    if (settledControl === undefined) return;
    if (candidates.isContextNeeded) candidates.context.runInAsyncScope(() => this.awaitCandidates(settledControl, tell));
    else this.awaitCandidates(settledControl, tell);
  }

  /** @param tell receives the result, if there is one */
  private awaitCandidates(control: Execution, tell: Tell): void {
    if (this.plain !== undefined) {
      if (this.scope.definition.options.compare === undefined) this.candidates.expected = this.plain;
    } else if (!this.saysHowToCompare && control.kind === 'returned' && this.holdsUnknown(control.value)) {
      // Checked here and not earlier, where the caller would wait for it.
      this.candidates.stop('notComparable');
    }
    this.whenBehavioursSettled(() => this.compare(control, tell));
  }

  /**
   * Runs the candidates, and calls back when all have settled. If noise is measured, and they run after the control, its second call comes
   * before them or after them, at random, so that the two can be compared.
   */
  private whenBehavioursSettled(next: () => void): void {
    const { mode, raiseOnMismatch } = this.scope.definition.options;
    const { again, candidates } = this;
    if (again === undefined || !this.measuresNoise || mode !== 'shadow' || raiseOnMismatch) {
      this.whenCandidatesSettled(next);
      return;
    }
    if (Math.random() < 0.5 && candidates.skipped === undefined) {
      this.evidence.read(this.snapshot);
      again.repeat(() => this.whenCandidatesSettled(next));
      return;
    }
    this.whenCandidatesSettled(() => {
      if (candidates.skipped === undefined) again.repeat(next);
      else next();
    });
  }

  /** Starts the candidates that have not been started, and calls back when all have settled. */
  private whenCandidatesSettled(next: () => void): void {
    if (this.serial !== undefined) {
      const settled = this.serial.rest();
      if (settled instanceof Promise) void settled.then(next);
      else next();
      return;
    }
    this.startCandidates();
    this.candidates.whenSettled(next);
  }

  private startCandidates(): void {
    if (this.haveStarted) return;
    this.haveStarted = true;
    this.evidence.read(this.snapshot);
    this.candidates.start(this.scope.definition.candidates);
  }

  /** Compares, and passes the result on. Never throws. */
  private compare(control: Execution, tell: Tell): void {
    let isConcluded: boolean;
    try {
      isConcluded = !this.measuresNoise && concludeMatch(this, control);
    } catch (error) {
      this.scope.host.report('run', error);
      isConcluded = true;
    }
    if (isConcluded) this.end(undefined, tell);
    else new RunEnding(this, (result) => this.end(result, tell)).conclude(control);
  }

  private end(result: ExperimentResult | undefined, tell: Tell): void {
    this.makeRoom();
    this.candidates.dispose();
    this.state.environment.activity.end();
    tell(result);
  }

  private raiseMismatch(result: ExperimentResult | undefined): void {
    if (!result?.mismatched) return;
    const { definition, self, host } = this.scope;
    const { raiseWith } = definition.options;
    const custom = raiseWith && attempt('raiseWith', host, () => raiseWith.call(self, result));
    throw custom === undefined || custom === FAILED ? new MismatchError(result) : custom;
  }

  /** Makes room for another call to be prepared. */
  private makeRoom(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.state.prepared -= 1;
    this.candidates.moment?.end();
    this.evidence.giveUp();
  }

  /** Copies a value of the control; undefined if it is too large. */
  private copyValue(value: unknown): ValueCopy | undefined {
    const { isolate, shared } = this.scope.definition.options;
    if (isolate === 'none') return { value, isPlain: false };
    const { copier, turn } = this.state.environment;
    const { budget } = this.snapshot;
    const before = budget.spent;
    const copied = copier.copy(value, budget, shared);
    turn.spend(budget.spent - before, 0);
    this.state.copyRest.note(budget);
    return copied.kind === 'copied' ? copied : undefined;
  }

  /** Copies a part of the control's error. One that is too large is shared. */
  private copyPart(part: unknown): unknown {
    const copied = this.copyValue(part);
    return copied === undefined ? part : copied.value;
  }

  private makeRerun(): ControlRerun {
    const call = (self: unknown, args: unknown[]): unknown => this.control.apply(self, args);
    return new ControlRerun(this.state, this.scope, this.candidates, call, this.measuresNoise);
  }

  private stopTiming(synchronous: boolean): Elapsed {
    return this.state.timed(this.scope.definition.control, this.stopwatch, synchronous, performance.now());
  }

  /** Tells whether the experiment defines what to compare of a value that can't be compared by itself. */
  private get saysHowToCompare(): boolean {
    const { compare, clean } = this.scope.definition.options;
    return compare !== undefined || clean !== undefined;
  }

  private hasEqualityFor(part: object): boolean {
    return this.scope.definition.options.equality?.findFor(part) !== undefined;
  }

  /** Decides whether a value holds something that can be used only once, without an equality. */
  private holdsUnknown(value: unknown): boolean {
    return holdsSingleUse(value, (part) => this.hasEqualityFor(part));
  }
}

/** Copy of a control's value, and whether it is ordinary data. */
interface ValueCopy {
  readonly value: unknown;
  readonly isPlain: boolean;
}

/** Receives the result of a run, if it has one. */
type Tell = (result: ExperimentResult | undefined) => void;

/** Receiver for runs that nobody waits for. */
const NOBODY: Tell = () => undefined;
