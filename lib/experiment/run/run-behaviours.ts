import { notify } from '../../base/user-function.js';
import { RERUNS } from '../comparison/conclusion.js';
import type { ResolvedOptions } from '../definition.js';
import { describeStart, type SampledCall } from '../sampled-call.js';
import { CandidateGroup } from './candidates/candidate-group.js';
import { SerialCandidates } from './candidates/serial-candidates.js';
import { ControlRerun } from './control-rerun.js';
import type { ExperimentState } from './experiment-state.js';
import { RunEvidence } from './run-evidence.js';
import type { Snapshot } from './snapshot.js';

/** Control of an experiment. It is called with the `this` and the arguments of the call. */
export type Control = (...args: unknown[]) => unknown;

/** Behaviours beside a control, and their order: the candidates, and the control's second call. */
export abstract class RunBehaviours {
  readonly startedAt = Date.now();
  readonly order: string[] = [];
  readonly candidates: CandidateGroup;
  readonly evidence: RunEvidence;
  again: ControlRerun | undefined;
  protected readonly measuresNoise: boolean;
  /** Candidates of a run in `serial` mode. */
  protected serial: SerialCandidates | undefined;
  private haveStarted = false;
  private isOver = false;

  /** To be made in the async context of the call. */
  constructor(
    readonly state: ExperimentState,
    readonly scope: SampledCall,
    protected readonly control: Control,
    readonly snapshot: Snapshot,
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

  get options(): ResolvedOptions {
    return this.scope.definition.options;
  }

  /** Starts what comes before the control. */
  begin(): void {
    const { self, host } = this.scope;
    const { beforeRun, mode, recheck } = this.options;
    if (recheck || this.measuresNoise) this.again = this.makeRerun();
    if (beforeRun !== undefined) notify('beforeRun', host, () => beforeRun.call(self, describeStart(this.scope)));
    if (mode === 'serial') this.evidence.read(this.snapshot);
    if (mode === 'serial') this.serial = new SerialCandidates(this.candidates, this.scope);
    if (mode === 'parallel') queueMicrotask(() => this.startCandidates());
  }

  /**
   * Runs the candidates, and calls back when all have settled. If noise is measured, and they run after the control, its second call comes
   * before them or after them, at random, so that the two can be compared.
   */
  protected whenBehavioursSettled(next: () => void): void {
    const { mode, raiseOnMismatch } = this.options;
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
  protected whenCandidatesSettled(next: () => void): void {
    if (this.serial !== undefined) {
      const settled = this.serial.rest();
      if (settled instanceof Promise) void settled.then(next);
      else next();
      return;
    }
    this.startCandidates();
    this.candidates.whenSettled(next);
  }

  /** Makes room for another call to be prepared. */
  protected makeRoom(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.state.prepared -= 1;
    this.candidates.moment?.end();
    this.evidence.giveUp();
  }

  private startCandidates(): void {
    if (this.haveStarted) return;
    this.haveStarted = true;
    this.evidence.read(this.snapshot);
    this.candidates.start(this.scope.definition.candidates);
  }

  private makeRerun(): ControlRerun {
    const call = (self: unknown, args: unknown[]): unknown => this.control.apply(self, args);
    return new ControlRerun(this.state, this.scope, this.candidates, call, this.measuresNoise);
  }
}
