import { types } from 'node:util';
import type { Elapsed, Stopwatch } from '../../base/clock.js';
import type { Task } from '../../base/event-loop-turn.js';
import { chain, fromCallback } from '../../base/maybe-promise.js';
import { ErrorSnapshot } from '../../values/error-snapshot.js';
import type { Execution } from '../observation.js';
import type { ExperimentResult } from '../result.js';
import { ControlContext, type RunContext } from '../run-context.js';
import type { SampledCall } from '../sampled-call.js';
import type { SkipReason } from '../skip-reason.js';
import { copyValue, holdsUncomparable, isUncomparable, type ValueCopy } from './control-value.js';
import type { ExperimentState } from './experiment-state.js';
import { concludeMatch } from './match-conclusion.js';
import { passThrough, type Watcher } from './pass-through.js';
import { raiseMismatch } from './raise-mismatch.js';
import { RunBehaviours, type Control } from './run-behaviours.js';
import { RunEnding, type SettledRun } from './run-ending.js';
import type { Snapshot } from './snapshot.js';

/**
 * Run of one call: the control, the candidates beside it, and the comparison.
 *
 * The maker of a run calls the control itself, between `enterControl()` and `leaveControl()`, and passes its result on. So no frame of this
 * library stands on the stack between the control and its caller. The caller waits only for what must be done before the control, or at the
 * moment when it settles: copying what others could change meanwhile. The rest follows in a later turn of the event loop, unless the mode
 * makes the caller wait.
 */
export class ExperimentRun extends RunBehaviours implements Watcher, SettledRun, Task {
  /** Copy of the control's value, if it is ordinary data. */
  private plain: ValueCopy | undefined;
  private stopwatch!: Stopwatch; // made when the control is called
  private settledControl: Execution | undefined;

  /** To be made in the async context of the call. */
  constructor(
    state: ExperimentState,
    scope: SampledCall,
    control: Control,
    snapshot: Snapshot,
    /** Run that the call is made from, if any. */
    private readonly around: RunContext | undefined,
  ) {
    super(state, scope, control, snapshot);
  }

  get delaysCaller(): boolean {
    const { mode, raiseOnMismatch } = this.options;
    return raiseOnMismatch || mode === 'serial';
  }

  get makesPromises(): boolean {
    return types.isAsyncFunction(this.control);
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
    const copied = copyValue(value, this);
    if (!copied?.isPlain && isUncomparable(value, this.options)) return this.abandoned('notComparable', value);
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
    const isCopied = this.options.isolate === 'copy';
    // A part that is too large is shared.
    const copyPart = (part: unknown) => (copyValue(part, this) ?? { value: part }).value;
    const snapshot = isCopied ? new ErrorSnapshot(error, copyPart) : undefined;
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
    return copyValue(item, this);
  }

  /** Gives up comparing. Waits for the candidates that were started, and discards their values. */
  abandoned(reason: SkipReason, control?: unknown): void {
    this.state.skip(reason, this.options);
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
    if (!this.options.raiseOnMismatch) {
      turn.later(this);
      return this.serial?.rest();
    }
    const result = fromCallback<ExperimentResult | undefined>((tell) => this.goOn(tell));
    const raised = chain(result, (known) => raiseMismatch(known, this.scope));
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
      if (this.options.compare === undefined) this.candidates.expected = this.plain;
    } else if (control.kind === 'returned' && holdsUncomparable(control.value, this.options)) {
      // Checked here and not earlier, where the caller would wait for it.
      this.candidates.stop('notComparable');
    }
    this.inTime(() => this.whenBehavioursSettled(() => this.inTime(() => this.compare(control, tell))));
  }

  /** Goes on now, or in a later turn if this one's time is over. A caller who waits is not kept waiting. */
  private inTime(next: () => void): void {
    const { turn } = this.state.environment;
    if (this.options.raiseOnMismatch || !turn.isOver) next();
    else if (!this.candidates.isContextNeeded) turn.later({ owner: this.state, work: next });
    else turn.later({ owner: this.state, work: () => this.candidates.context.runInAsyncScope(next) });
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

  private stopTiming(synchronous: boolean): Elapsed {
    return this.state.timed(this.scope.definition.control, this.stopwatch, synchronous, performance.now());
  }
}

/** Receives the result of a run, if it has one. */
type Tell = (result: ExperimentResult | undefined) => void;

/** Receiver for runs that nobody waits for. */
const NOBODY: Tell = () => undefined;
