import { CandidateCall } from './candidate.js';
import type { CandidateDefinition } from './definition.js';
import type { ExperimentState } from './experiment.state.js';
import type { MaybePromise } from './maybe-promise.js';
import type { CandidateExecution } from './observation.js';
import { discard, isReadOnce } from './read-once.js';
import type { SkipReason } from './run.recorder.js';
import type { Scope } from './scope.js';

/** The candidates of one call: gives each its own copy of the arguments, within the limit of what may be in flight. */
export class CandidateGroup {
  /** What the candidates did, by name. */
  readonly executions = new Map<string, CandidateExecution>();

  /** Why no more are started, if so. */
  skipped: SkipReason | undefined;

  /** The arguments as the call came with them, before the control could change them. */
  private readonly snapshot: unknown[];
  private uncopied: number;
  private hasStarted = false;

  constructor(
    private readonly state: ExperimentState,
    private readonly scope: Scope,
    /** The names of what has been started. */
    private readonly order: string[],
    /** How many more will take the arguments, when the candidates have. */
    others: number,
  ) {
    this.snapshot = state.surroundings.copier.copyAll(scope.args);
    this.uncopied = scope.definition.candidates.length + others;
  }

  /** Runs one candidate, once there is a place for it. Whether the call may run any is decided at its first. */
  run(candidate: CandidateDefinition): MaybePromise<void> {
    if (!this.mayRun()) return;
    const { slots } = this.state;
    const taken = slots.take(this.scope.definition.options.maxConcurrent);
    return taken instanceof Promise ? taken.then(() => this.runNow(candidate)) : this.runNow(candidate);
  }

  private runNow(candidate: CandidateDefinition): MaybePromise<void> {
    const execution = this.execute(candidate);
    if (execution instanceof Promise) return execution.then((later) => this.done(candidate, later));
    this.done(candidate, execution);
  }

  private done(candidate: CandidateDefinition, execution: CandidateExecution): void {
    this.executions.set(candidate.name, execution);
    this.state.slots.free();
  }

  /** Starts none that has not been started. */
  stop(reason: SkipReason): void {
    this.hasStarted = true;
    this.skipped = reason;
  }

  /**
   * Frees what the candidates gave and nobody will read.
   *
   * @param control what the control gave, which is its caller's
   */
  discard(control?: unknown): void {
    for (const execution of this.executions.values()) if (execution.kind === 'returned') this.free(execution.value, control);
  }

  /** Frees a value that nobody will read, unless it is the caller's or the instance's. */
  free(value: unknown, control?: unknown): void {
    if (!isReadOnce(value)) return;
    const { self, args } = this.scope;
    const held = Object.values(Object.getOwnPropertyDescriptors(Object(self) as object));
    if (held.every((property) => property.value !== value)) discard(value, [control, ...args]);
  }

  /** The arguments as the call came with them: a copy for each but the last, which gets the snapshot itself. */
  takeArguments(): unknown[] {
    this.uncopied -= 1;
    return this.uncopied > 0 ? this.state.surroundings.copier.copyAll(this.snapshot) : this.snapshot;
  }

  private mayRun(): boolean {
    if (!this.hasStarted) {
      this.hasStarted = true;
      this.skipped = this.state.reasonToSkip(this.scope.definition.options.maxConcurrent);
    }
    return this.skipped === undefined;
  }

  private execute(candidate: CandidateDefinition): MaybePromise<CandidateExecution> {
    const { definition, self } = this.scope;
    this.order.push(candidate.name);
    const call = new CandidateCall(
      definition.name,
      candidate,
      definition.options.timeout,
      this.state.surroundings,
      (name) => this.state.time(name),
      (late) => this.free(late),
    );
    return call.execute(self, this.takeArguments());
  }
}
