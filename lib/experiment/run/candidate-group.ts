import { AsyncResource } from 'node:async_hooks';
import { CandidateCall, type CandidateOwner } from './candidate-call.js';
import type { CandidateDefinition } from '../definition.js';
import type { ExperimentState } from './experiment-state.js';
import type { CandidateExecution } from '../observation.js';
import type { Others } from '../../values/leftovers.js';
import type { SampledCall } from '../sampled-call.js';
import type { SkipReason } from '../skip-reason.js';

/** The candidates of one call: gives each its own copy of the arguments, within the limit of what may be in flight. */
export class CandidateGroup implements CandidateOwner {
  /** The async context of the call. */
  readonly context = new AsyncResource('StudiesRun', { requireManualDestroy: true });

  /** What the candidates did, by name. */
  readonly executions = new Map<string, CandidateExecution>();

  /** Why no more are started, if so. */
  skipped: SkipReason | undefined;

  /** What the control gave, when it is known: it is its caller's. */
  control: unknown;

  /** What disposes of what the candidates gave. */
  private leftovers: (() => void)[] | undefined;
  private uncopied: number;
  private hasStarted = false;
  /** How many have been started and have not settled. */
  private running = 0;
  private next: (() => void) | undefined;

  /** To be made in the async context of the call. */
  constructor(
    private readonly state: ExperimentState,
    private readonly scope: SampledCall,
    /** The arguments of the candidates, as they were before the control could change them. */
    private readonly snapshot: unknown[],
    /** The names of what has been started. */
    private readonly order: string[],
    /** How many more will take the arguments, when the candidates have. */
    others: number,
  ) {
    this.uncopied = scope.definition.candidates.length + others;
  }

  /** Runs candidates all at once, as soon as there is a place for each. Whether the call may run any is decided at its first. */
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

  /** Calls back when all that were started have settled: at once if they have. One can wait at a time. */
  whenSettled(next: () => void): void {
    if (this.running > 0) this.next = next;
    else next();
  }

  takeExecution(candidate: string, execution: CandidateExecution): void {
    this.executions.set(candidate, execution);
    this.state.blocked(candidate, execution.blocked, false);
    this.skipped ??= execution.refused;
    this.candidatePassed();
  }

  get others(): Others {
    const { self, args } = this.scope;
    return { self, values: [this.control, ...args] };
  }

  takeLeftovers(dispose: () => void): void {
    (this.leftovers ??= []).push(dispose);
  }

  freePlace(): void {
    this.state.slots.free();
  }

  /** Starts none that has not been started. */
  stop(reason: SkipReason): void {
    this.hasStarted = true;
    this.skipped = reason;
  }

  /** Disposes of what the candidates have given so far. To be called when nobody reads it any more. */
  dispose(): void {
    for (const dispose of this.leftovers?.splice(0) ?? []) dispose();
  }

  /**
   * The arguments as the call came with them: a copy for each but the last, which gets the snapshot itself. Undefined where they can't be
   * copied again.
   */
  takeArguments(): unknown[] | undefined {
    this.uncopied -= 1;
    if (this.uncopied === 0 || this.scope.definition.options.isolate === 'none') return this.snapshot;
    const copied = this.state.environment.copier.copyAgain(this.snapshot);
    return copied.kind === 'copied' ? copied.value : undefined;
  }

  /**
   * The async context for a candidate, with the stores of the call: `enterWith` changes those of the context that it is called in, so each
   * has one of its own. The last takes the call's, if no function of the user's is called in it afterwards.
   */
  takeContext(): AsyncResource {
    if (this.uncopied === 0 && !this.isContextNeeded) return this.context;
    return this.context.runInAsyncScope(() => new AsyncResource('StudiesCandidate', { requireManualDestroy: true }));
  }

  /** Whether functions of the user's are called in the context of the call when candidates have settled. */
  get isContextNeeded(): boolean {
    const { compare, compareErrors, clean, ignore, diff, afterRun, raiseOnMismatch } = this.scope.definition.options;
    return raiseOnMismatch || (compare ?? compareErrors ?? clean ?? ignore ?? diff ?? afterRun) !== undefined;
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
  }

  /** Goes on if it was the last. */
  private candidatePassed(): void {
    this.running -= 1;
    if (this.running > 0) return;
    const { next } = this;
    this.next = undefined;
    next?.();
  }
}
