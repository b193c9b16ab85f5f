import { types } from 'node:util';
import { CandidateGroup } from './candidate-group.js';
import type { Elapsed, Stopwatch } from '../../base/clock.js';
import { Conclusion } from '../comparison/conclusion.js';
import { ControlContext, type RunContext } from '../run-context.js';
import type { ExperimentState } from './experiment-state.js';
import { attempt, FAILED, notify } from '../../base/user-function.js';
import { passThrough, type Watcher } from './pass-through.js';
import { chain, fromCallback, type MaybePromise } from '../../base/maybe-promise.js';
import { MismatchError } from '../mismatch.error.js';
import type { CandidateObservation, Execution, Observation } from '../observation.js';
import type { ExperimentResult } from '../result.js';
import { describeStart, type SampledCall } from '../sampled-call.js';
import { ControlRerun } from './control-rerun.js';
import { SerialCandidates } from './serial-candidates.js';
import { digestInput, digestWhole } from '../../comparing/input-digest.js';
import type { CandidateFinding, Finding } from '../ordered-run.js';
import { NOT_IN_ORDER } from './start-order.js';
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
export class ExperimentRun implements Watcher {
  private readonly startedAt = Date.now();
  private readonly order: string[] = [];
  private readonly candidates: CandidateGroup;
  private readonly measuresNoise: boolean;
  private again: ControlRerun | undefined;
  private serial: SerialCandidates | undefined;
  private haveStarted = false;
  /** Place in the order of starts, until it is settled there. */
  private place: number;
  /** Hash of the arguments; undefined without arguments, and until candidates start. */
  private input: number | undefined;
  private isOver = false;
  /** Ends the run's entry in the activity. Undefined until the control has settled. */
  private endTracking: (() => void) | undefined;
  /** Copy of the control's value, if it is ordinary data. */
  private plain: ValueCopy | undefined;
  /** Time, in ms, for which the user's functions that receive the result have held the event loop. */
  private held = 0;
  private stopwatch!: Stopwatch; // made when the control is called

  /** To be made in the async context of the call. */
  constructor(
    private readonly state: ExperimentState,
    private readonly scope: SampledCall,
    private readonly control: Control,
    private readonly snapshot: Snapshot,
    /** Run that the call is made from, if any. */
    private readonly around: RunContext | undefined,
  ) {
    const { noise, recheck, record, timeout } = scope.definition.options;
    this.measuresNoise = noise > 0 && record && Math.random() * 100 < noise;
    this.candidates = new CandidateGroup(state, scope, snapshot.args, this.order, recheck || this.measuresNoise ? 1 : 0);
    this.place = record ? state.starts.begin(this.startedAt, timeout) : NOT_IN_ORDER;
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
    if (mode === 'serial') this.readInput();
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
    this.stopwatch = this.state.time(control);
    current.enterWith(new ControlContext(this.state.name, this.around));
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
    const thrown = snapshot === undefined ? error : snapshot.error;
    return this.controlSettled({ kind: 'threw', error: thrown, snapshot, duration, cpuTime }, synchronous);
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
    this.whenCandidatesSettled(() => this.discardCandidates());
  }

  /** @returns a promise that the caller has to wait for, if there is one */
  private controlSettled(control: Execution, synchronous: boolean): void | Promise<void> {
    const { activity, turn } = this.state.environment;
    this.endTracking = activity.track();
    if (!this.scope.definition.options.raiseOnMismatch) {
      turn.later(() => this.inCallersContext(() => this.awaitCandidates(control, NOBODY)));
      return this.serial?.rest();
    }
    const result = fromCallback<ExperimentResult | undefined>((tell) =>
      this.inCallersContext(() => this.awaitCandidates(control, tell)),
    );
    const raised = chain(result, (known) => this.raiseMismatch(known));
    if (!synchronous || !(raised instanceof Promise)) return raised;
    raised.catch((error: unknown) => this.scope.host.report('raiseOnMismatch', error));
  }

  /** @param tell receives the result, if there is one */
  private awaitCandidates(control: Execution, tell: Tell): void {
    if (this.plain !== undefined) {
      if (this.scope.definition.options.compare === undefined) this.candidates.expected = this.plain;
    } else if (!this.saysHowToCompare && control.kind === 'returned' && this.holdsUnknown(control.value)) {
      // Checked here and not earlier, where the caller would wait for it.
      this.candidates.stop('notComparable');
    }
    this.whenCandidatesSettled(() => this.compare(control, tell));
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
    this.readInput();
    this.candidates.start(this.scope.definition.candidates);
  }

  /** Reads what the candidates are asked, before they can change it. */
  private readInput(): void {
    if (this.place !== NOT_IN_ORDER && this.snapshot.args.length > 0) this.input = digestInput(this.snapshot.args);
  }

  /** Compares, and passes the result on. Never throws. */
  private compare(control: Execution, tell: Tell): void {
    if (this.attemptOwn(() => this.concludeMatch(control)) !== false) {
      this.end(undefined, tell);
      return;
    }
    let conclusion: MaybePromise<Conclusion | undefined>;
    try {
      conclusion = this.makeConclusion(control);
    } catch (error) {
      conclusion = this.reportOwnError(error);
    }
    if (conclusion instanceof Promise)
      void conclusion.catch((error: unknown) => this.reportOwnError(error)).then((known) => this.recheck(known, tell));
    else this.recheck(conclusion, tell);
  }

  /** Concludes a run that is known to match, without a result, if nobody wants it. Returns whether it did. */
  private concludeMatch(control: Execution): boolean {
    const { candidates, measuresNoise, startedAt, state } = this;
    const { afterRun, raiseOnMismatch, record } = this.scope.definition.options;
    const { ignoresMatches, recorder } = state.environment;
    if (!candidates.haveMatched || !ignoresMatches || measuresNoise || raiseOnMismatch || afterRun !== undefined) return false;
    const { executions } = candidates;
    if (record && !recorder.matched(state.name, { startedAt, control, candidates: executions })) return false;
    state.ran(startedAt);
    const findings: CandidateFinding[] = [];
    for (const [candidate, { duration, blocked }] of executions) {
      findings.push({ candidate, finding: 'same' });
      state.watch(candidate, { outcome: 'matched', duration, control: control.duration, blocked });
    }
    this.prove(control, findings);
    return true;
  }

  /** Compares the executions. Undefined if there is nothing to compare, or too much. */
  private makeConclusion(control: Execution): MaybePromise<Conclusion | undefined> {
    const { scope, state, order, startedAt, candidates } = this;
    if (candidates.skipped !== undefined) return this.skip(candidates.skipped);
    const executions = { control, candidates: candidates.executions, order, startedAt };
    return chain(Conclusion.of(scope, executions, state), (conclusion) =>
      conclusion instanceof Conclusion ? conclusion : this.skip(conclusion.reason, conclusion.obstacle),
    );
  }

  /** Checks differences for drift, if there are any. */
  private recheck(conclusion: Conclusion | undefined, tell: Tell): void {
    if (conclusion === undefined) {
      this.discardCandidates();
      this.end(undefined, tell);
      return;
    }
    const rechecked = this.again?.recheck(conclusion);
    if (rechecked instanceof Promise)
      void rechecked.catch((error: unknown) => this.reportOwnError(error)).then(() => this.scheduleDelivery(conclusion, tell));
    else this.scheduleDelivery(conclusion, tell);
  }

  private scheduleDelivery(conclusion: Conclusion, tell: Tell): void {
    const { turn } = this.state.environment;
    const result = this.attemptOwn(() => this.makeResult(conclusion));
    const deliver = () => this.deliver(conclusion, result, tell);
    if (this.scope.definition.options.raiseOnMismatch) turn.deliverNow(deliver);
    else turn.deliver(deliver);
  }

  private makeResult(conclusion: Conclusion): ExperimentResult {
    const { definition, self, host } = this.scope;
    const { afterRun } = definition.options;
    const result = conclusion.makeResult();
    this.state.ran(this.startedAt);
    if (afterRun !== undefined) this.charge(() => notify('afterRun', host, () => afterRun.call(self, result)));
    return result;
  }

  /** Delivers the result, and frees everything else. */
  private deliver(conclusion: Conclusion, result: ExperimentResult | undefined, tell: Tell): void {
    if (result !== undefined) this.attemptOwn(() => this.tellResult(conclusion, result));
    this.again?.end(conclusion);
    this.end(result, tell);
  }

  private tellResult(conclusion: Conclusion, result: ExperimentResult): void {
    const { environment } = this.state;
    const { options } = this.scope.definition;
    if (options.record) environment.recorder.ran(result, options);
    this.prove(result.control, listFindings(result));
    this.charge(() => environment.publish(result));
    this.judge(result, conclusion);
  }

  /** Takes the run's place in the order of starts with what it shows. */
  private prove(control: Execution | Observation, findings: readonly CandidateFinding[]): void {
    const { place, state } = this;
    const { draw } = this.scope;
    if (place === NOT_IN_ORDER) return;
    this.place = NOT_IN_ORDER;
    // Without arguments, what the control gives tells one situation from another.
    const input = this.input ?? digestInput([control.kind === 'returned' ? control.value : control.error]);
    const subject = draw.subject === undefined ? undefined : digestWhole(draw.subject);
    state.starts.settle(place, { input, subject, isForAll: draw.isForAll, findings });
  }

  /** Stops the experiment if a candidate exceeds its guardrails. */
  private judge({ control, candidates }: ExperimentResult, conclusion: Conclusion): void {
    for (const { name, outcome, duration } of candidates) {
      // Includes the time that the user's functions took to compare, clean and receive its result.
      const execution = this.candidates.executions.get(name);
      const blocked = (execution?.blocked ?? 0) + conclusion.heldBy(name) + this.held;
      this.state.watch(name, { outcome, duration, control: control.duration, blocked, wasLate: execution?.wasLate });
    }
  }

  private end(result: ExperimentResult | undefined, tell: Tell): void {
    this.makeRoom();
    this.candidates.dispose();
    this.endTracking?.();
    tell(result);
  }

  private raiseMismatch(result: ExperimentResult | undefined): void {
    if (!result?.mismatched) return;
    const { definition, self, host } = this.scope;
    const { raiseWith } = definition.options;
    const custom = raiseWith && attempt('raiseWith', host, () => raiseWith.call(self, result));
    throw custom === undefined || custom === FAILED ? new MismatchError(result) : custom;
  }

  private skip(reason: SkipReason, obstacle?: string): undefined {
    this.state.skip(reason, this.scope.definition.options);
    this.state.explainObstacle(reason, obstacle);
  }

  /** Discards a run without a result. The time for which its candidates blocked the event loop counts all the same. */
  private discardCandidates(): void {
    for (const [name, { blocked }] of this.candidates.executions) this.state.blocked(name, blocked, true);
    this.candidates.dispose();
  }

  /** Makes room for another call to be prepared. */
  private makeRoom(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.state.prepared -= 1;
    if (this.place !== NOT_IN_ORDER) this.state.starts.settle(this.place, undefined);
    this.place = NOT_IN_ORDER;
  }

  /** Calls functions that receive the result, and measures how long that holds the event loop. */
  private charge(act: () => void): void {
    const begun = performance.now();
    act();
    const held = performance.now() - begun;
    this.held += held;
    this.state.environment.eventLoop.hold(held);
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
    return this.state.timed(this.scope.definition.control, this.stopwatch, synchronous);
  }

  /** Runs something in the async context of the call if functions of the user's are called in it, because they may read its stores. */
  private inCallersContext(act: () => void): void {
    if (this.candidates.isContextNeeded) this.candidates.context.runInAsyncScope(act);
    else act();
  }

  /** Does something of this library's. Reports what it throws, and returns undefined then. */
  private attemptOwn<Value>(act: () => Value): Value | undefined {
    try {
      return act();
    } catch (error) {
      return this.reportOwnError(error);
    }
  }

  /** Reports an error of this library. */
  private reportOwnError(error: unknown): undefined {
    this.scope.host.report('run', error);
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

/** Lists what a run shows of its candidates. */
function listFindings({ control, candidates }: ExperimentResult): CandidateFinding[] {
  return candidates.flatMap((candidate) => {
    const finding = findIn(control, candidate);
    return finding === undefined ? [] : [{ candidate: candidate.name, finding }];
  });
}

/** Tells what a run shows of a candidate; undefined if its difference is ignored. */
function findIn(control: Observation, { kind, outcome }: CandidateObservation): Finding | undefined {
  if (outcome === 'ignored') return undefined;
  if (outcome !== 'matched') return 'differs';
  return control.kind === 'threw' && kind === 'threw' ? 'bothThrew' : 'same';
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
