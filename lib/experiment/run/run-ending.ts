import type { SteppedTask } from '../../base/event-loop-turn.js';
import type { Steps } from '../../base/steps.js';
import type { CandidateGroup } from './candidates/candidate-group.js';
import type { ControlRerun } from './control-rerun.js';
import { Conclusion } from '../comparison/conclusion.js';
import type { ExperimentState } from './experiment-state.js';
import { listFindings, type RunEvidence } from './run-evidence.js';
import { notify } from '../../base/user-function.js';
import { chain, type MaybePromise } from '../../base/maybe-promise.js';
import type { Execution } from '../observation.js';
import type { ExperimentResult } from '../result.js';
import type { SampledCall } from '../sampled-call.js';
import type { SkipReason } from '../skip-reason.js';

/** Parts of a run whose control and candidates have settled. */
export interface SettledRun {
  readonly state: ExperimentState;
  readonly scope: SampledCall;
  readonly candidates: CandidateGroup;
  readonly again: ControlRerun | undefined;
  readonly evidence: RunEvidence;
  /** In ms since the epoch. */
  readonly startedAt: number;
  /** Names of the behaviours in the order in which they were started. */
  readonly order: readonly string[];
}

/** Ending of a run: compares, checks differences for drift, and delivers the result. */
export class RunEnding implements SteppedTask {
  /** Time, in ms, for which the user's functions that receive the result have held the event loop. */
  private held = 0;
  private reached: { readonly conclusion: Conclusion; readonly result: ExperimentResult | undefined } | undefined;

  /** @param over called at the end, with the result if there is one */
  constructor(
    private readonly run: SettledRun,
    private readonly over: (result: ExperimentResult | undefined) => void,
  ) {}

  /** Compares, and passes the result on. Never throws. */
  conclude(control: Execution): void {
    let conclusion: MaybePromise<Conclusion | undefined>;
    try {
      conclusion = this.makeConclusion(control);
    } catch (error) {
      conclusion = this.reportOwnError(error);
    }
    if (conclusion instanceof Promise)
      void conclusion.catch((error: unknown) => this.reportOwnError(error)).then((known) => this.recheck(known));
    else this.recheck(conclusion);
  }

  /** Compares the executions. Undefined if there is nothing to compare, or too much. */
  private makeConclusion(control: Execution): MaybePromise<Conclusion | undefined> {
    const { scope, state, order, startedAt, candidates } = this.run;
    if (candidates.skipped !== undefined) return this.skip(candidates.skipped);
    const executions = { control, candidates: candidates.executions, order, startedAt };
    return chain(Conclusion.of(scope, executions, state), (conclusion) =>
      conclusion instanceof Conclusion ? conclusion : this.skip(conclusion.reason, conclusion.obstacle),
    );
  }

  /** Checks differences for drift, if there are any. */
  private recheck(conclusion: Conclusion | undefined): void {
    if (conclusion === undefined) {
      this.run.candidates.discard();
      this.over(undefined);
      return;
    }
    const rechecked = this.run.again?.recheck(conclusion);
    if (rechecked instanceof Promise)
      void rechecked.catch((error: unknown) => this.reportOwnError(error)).then(() => this.scheduleDelivery(conclusion));
    else this.scheduleDelivery(conclusion);
  }

  private scheduleDelivery(conclusion: Conclusion): void {
    const { turn } = this.run.state.environment;
    this.reached = { conclusion, result: this.attemptOwn(() => this.makeResult(conclusion)) };
    if (this.run.scope.definition.options.raiseOnMismatch) turn.deliverNow(this);
    else turn.deliver(this);
  }

  private makeResult(conclusion: Conclusion): ExperimentResult {
    const { definition, self, host } = this.run.scope;
    const { afterRun } = definition.options;
    const result = conclusion.makeResult();
    this.run.state.times.note(this.run.startedAt);
    if (afterRun !== undefined) this.charge(() => notify('afterRun', host, () => afterRun.call(self, result)));
    return result;
  }

  /** Delivers the result in steps, and frees everything else. */
  *steps(): Steps<void> {
    if (this.reached === undefined) return;
    const { conclusion, result } = this.reached;
    try {
      if (result !== undefined) yield* this.tellResult(conclusion, result);
    } catch (error) {
      this.reportOwnError(error);
    }
    this.run.again?.end(conclusion, result);
    this.over(result);
  }

  private *tellResult(conclusion: Conclusion, result: ExperimentResult): Steps<void> {
    const { environment } = this.run.state;
    const { options } = this.run.scope.definition;
    const { evidence } = this.run;
    const { ignoredPaths } = conclusion;
    const isEvidence = evidence.isEvidence && evidence.ignoredPaths === ignoredPaths;
    const excuses = options.record ? yield* environment.recorder.ran(result, options, isEvidence, ignoredPaths) : undefined;
    yield;
    evidence.prove(result.control, listFindings(result, excuses, conclusion.compareNothing), ignoredPaths);
    this.charge(() => environment.publish(result));
    this.judge(result, conclusion);
  }

  /** Stops the experiment if a candidate exceeds its guardrails. */
  private judge({ control, candidates }: ExperimentResult, conclusion: Conclusion): void {
    for (const { name, outcome, duration } of candidates) {
      // Includes the time that the user's functions took to compare, clean and receive its result.
      const execution = this.run.candidates.executions.find(({ candidate }) => candidate === name);
      const blocked = (execution?.blocked ?? 0) + conclusion.heldBy(name) + this.held;
      this.run.state.watch(name, { outcome, duration, control: control.duration, blocked, wasLate: execution?.wasLate });
    }
  }

  private skip(reason: SkipReason, obstacle?: string): undefined {
    const { candidates, scope, state } = this.run;
    state.skip(reason, scope.definition.options);
    if (candidates.refusedEffects !== undefined) state.refused(candidates.refusedEffects, scope.definition.options);
    this.run.state.explainObstacle(reason, obstacle);
  }

  /** Calls functions that receive the result, and measures how long that holds the event loop. */
  private charge(act: () => void): void {
    const begun = performance.now();
    act();
    const held = performance.now() - begun;
    this.held += held;
    this.run.state.environment.eventLoop.hold(held);
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
    this.run.scope.host.report('run', error);
  }
}
