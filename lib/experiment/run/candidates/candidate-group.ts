import { AsyncResource } from 'node:async_hooks';
import { comparePlain, type PlainEquality } from '../../../comparing/plain-equality.js';
import { CandidateCall, type CandidateOwner } from './candidate-call.js';
import type { CandidateDefinition, ResolvedOptions } from '../../definition.js';
import type { ExperimentState } from '../experiment-state.js';
import type { ReadMoment } from '../../ports/read-moment.js';
import type { CandidateExecution } from '../../observation.js';
import type { Others } from '../../../values/leftovers.js';
import type { SampledCall } from '../../sampled-call.js';
import type { SkipReason } from '../../skip-reason.js';

/** Candidates of one call. Gives each its own copy of the arguments, within the limit of candidates in flight. */
export class CandidateGroup implements CandidateOwner {
  /** Async context of the call. */
  readonly context = new AsyncResource('StudiesRun', { requireManualDestroy: true });

  /** Tells whether functions of the user's are called in the context of the call after the candidates have settled. */
  readonly isContextNeeded: boolean;

  /** Results of the candidates, in the order in which they settled. */
  readonly executions: CandidateExecution[] = [];

  /** Reason why no more candidates are started, if there is one. */
  skipped: SkipReason | undefined;

  /** Effects that were refused to the candidates; undefined if nothing was. */
  refusedEffects: Set<string> | undefined;

  /** Value of the control, once it is known. It belongs to the caller. */
  control: unknown;

  /** Copy of the control's value, if it is ordinary data, and the candidates' values are compared with it as they are. */
  expected: { readonly value: unknown } | undefined;

  /** Moment at which the candidates read; undefined if they read when they run. */
  moment: ReadMoment | undefined;

  /** Functions that dispose of the candidates' values. */
  private leftovers: (() => void)[] | undefined;
  /** End of the run. Until then the control's value may turn out to be what a candidate left. */
  private isDisposed = false;
  private uncopied: number;
  private hasStarted = false;
  /** Number of candidates that were started and have not settled. */
  private running = 0;
  /** Number of candidates that are known to match. */
  private matching = 0;
  private next: (() => void) | undefined;

  /** To be made in the async context of the call. */
  constructor(
    private readonly state: ExperimentState,
    private readonly scope: SampledCall,
    /** Arguments of the candidates, as they were before the control could change them. */
    private readonly snapshot: unknown[],
    /** Receives the names of the behaviours in the order in which they start. */
    private readonly order: string[],
    /** Number of further calls that need the arguments after the candidates. */
    others: number,
  ) {
    this.uncopied = scope.definition.candidates.length + others;
    this.isContextNeeded = asksUserAfterwards(scope.definition.options);
  }

  /** Runs candidates all at once, as soon as there is a place for each. The first one decides whether the call may run any. */
  start(candidates: readonly CandidateDefinition[]): void {
    const { maxConcurrent, timeout } = this.scope.definition.options;
    for (const candidate of candidates) {
      if (!this.mayRun()) return;
      this.running += 1;
      const taken = this.state.slots.take(maxConcurrent, timeout);
      if (taken instanceof Promise) void taken.then((hasPlace) => this.executeIf(hasPlace, candidate));
      else this.execute(candidate);
    }
  }

  /** Calls back when all that were started have settled: at once if they have. Only one callback can wait at a time. */
  whenSettled(next: () => void): void {
    if (this.running > 0) this.next = next;
    else next();
  }

  takeExecution(execution: CandidateExecution): void {
    this.executions.push(execution);
    if (execution.known === 'equal') this.matching += 1;
    this.state.blocked(execution.candidate, execution.blocked, false);
    this.skipped ??= execution.refused;
    for (const effect of execution.effects ?? []) (this.refusedEffects ??= new Set()).add(effect);
    this.candidatePassed();
  }

  get others(): Others {
    const { self, args } = this.scope;
    return { self, values: [this.control, ...args] };
  }

  /** Tells whether all candidates ran, and are known to match. */
  get haveMatched(): boolean {
    return this.skipped === undefined && this.matching === this.scope.definition.candidates.length;
  }

  compareValue(value: unknown): PlainEquality | undefined {
    return this.expected === undefined ? undefined : comparePlain(this.expected.value, value);
  }

  takeLeftovers(dispose: () => void): void {
    if (this.isDisposed) dispose();
    else (this.leftovers ??= []).push(dispose);
  }

  freePlace(): void {
    this.state.slots.free();
  }

  /** Starts no further candidate. */
  stop(reason: SkipReason): void {
    this.hasStarted = true;
    this.skipped = reason;
  }

  /** Disposes of the candidates' values so far. To be called when nobody reads them any more. */
  dispose(): void {
    this.isDisposed = true;
    for (const dispose of this.leftovers?.splice(0) ?? []) dispose();
  }

  /** Discards a run without a result. The time for which its candidates blocked the event loop counts all the same. */
  discard(): void {
    for (const { candidate, blocked } of this.executions) this.state.blocked(candidate, blocked, true);
    this.dispose();
  }

  /**
   * Returns the arguments as they came with the call: a copy each time but the last, which returns the snapshot itself. Undefined if they
   * can't be copied again.
   */
  takeArguments(): unknown[] | undefined {
    this.uncopied -= 1;
    const { isolate, shared } = this.scope.definition.options;
    if (this.uncopied === 0 || isolate === 'none') return this.snapshot;
    const copied = this.state.environment.copier.copyAgain(this.snapshot, shared);
    return copied.kind === 'copied' ? copied.value : undefined;
  }

  /**
   * Returns an async context for a candidate, with the stores of the call. Each candidate has its own, because `enterWith` changes the
   * stores of the current context. The last candidate takes the call's context, if no function of the user's is called in it afterwards.
   */
  takeContext(): AsyncResource {
    if (this.uncopied === 0 && !this.isContextNeeded) return this.context;
    return this.context.runInAsyncScope(() => new AsyncResource('StudiesCandidate', { requireManualDestroy: true }));
  }

  private mayRun(): boolean {
    if (!this.hasStarted) {
      this.hasStarted = true;
      this.skipped = this.state.reasonToSkip(this.scope.definition.options.maxConcurrent);
    }
    return this.skipped === undefined;
  }

  private executeIf(hasPlace: boolean, candidate: CandidateDefinition): void {
    if (hasPlace) {
      this.execute(candidate);
      return;
    }
    this.skipped ??= 'maxConcurrent';
    this.candidatePassed();
  }

  private execute(candidate: CandidateDefinition): void {
    const { definition, self } = this.scope;
    const args = this.takeArguments();
    if (args === undefined) {
      this.skipped ??= 'tooLarge';
      this.freePlace();
      this.candidatePassed();
      return;
    }
    this.order.push(candidate.name);
    new CandidateCall(this.state, candidate, definition.options, this, this.takeContext()).execute(self, args);
    // Candidates that only wait for their promises return their places before the next turn.
    this.state.pauseIfFull(definition.options.maxConcurrent);
  }

  /** Continues if it was the last. */
  private candidatePassed(): void {
    this.running -= 1;
    if (this.running > 0) return;
    const { next } = this;
    this.next = undefined;
    next?.();
  }
}

function asksUserAfterwards(options: ResolvedOptions): boolean {
  const { compare, compareErrors, equality, clean, ignore, diff, afterRun, coverage, raiseOnMismatch } = options;
  const asksUser = (compare ?? compareErrors ?? clean ?? ignore ?? diff ?? afterRun ?? coverage) !== undefined;
  return raiseOnMismatch || asksUser || equality?.asksUser === true;
}
