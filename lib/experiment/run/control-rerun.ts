import { setImmediate } from 'node:timers';
import { CandidateCall, type CandidateOwner } from './candidates/candidate-call.js';
import type { CandidateGroup } from './candidates/candidate-group.js';
import type { Conclusion } from '../comparison/conclusion.js';
import type { ExperimentState } from './experiment-state.js';
import { fromCallback, type MaybePromise } from '../../base/maybe-promise.js';
import type { ReadMoment } from '../ports/read-moment.js';
import type { CandidateExecution } from '../observation.js';
import type { ExperimentResult } from '../result.js';
import type { SampledCall } from '../sampled-call.js';

/** Calls the control, with a `this` and arguments. */
type CallControl = (self: unknown, args: unknown[]) => unknown;

/**
 * Further calls of a call's control: one that is compared with the first, to measure noise, and others that tell a difference from changed
 * data. The control runs as a candidate does, in a turn of its own that no caller waits for. It doesn't run if there is no place for it.
 */
export class ControlRerun {
  private again: CandidateExecution | undefined;
  private readonly reruns: MaybePromise<CandidateExecution | undefined>[] = [];
  private readonly leftovers: (() => void)[] = [];
  private hasRepeated = false;
  private isDisposed = false;

  constructor(
    private readonly state: ExperimentState,
    private readonly scope: SampledCall,
    private readonly candidates: CandidateGroup,
    private readonly control: CallControl,
    /** Tells whether the control is to be compared with itself. */
    private readonly measuresNoise: boolean,
  ) {}

  /** Calls the control to compare it with itself, and then calls back. The rest of the run waits for it. Never throws. */
  repeat(next: () => void): void {
    this.hasRepeated = true;
    void this.executeAgain()
      .catch((error: unknown) => this.scope.host.report('run', error))
      .then(next);
  }

  /** Finds the differences that are drift. Runs in the caller's turn only if the caller waits for a `MismatchError`. */
  recheck(conclusion: Conclusion): MaybePromise<void> {
    if (this.scope.definition.options.recheck && conclusion.differs) return conclusion.recheck((round) => this.rerun(round));
  }

  /** Compares the control with itself if noise is measured, and disposes of its values. */
  end(conclusion: Conclusion, result: ExperimentResult | undefined): void {
    if (!this.measuresNoise || result === undefined) {
      this.dispose();
      return;
    }
    const { activity } = this.state.environment;
    activity.begin();
    void (this.hasRepeated ? nextTurn() : this.executeAgain())
      .then(() => {
        if (this.again !== undefined) return this.ended(conclusion, this.again, result);
      })
      .catch((error: unknown) => this.scope.host.report('run', error))
      .finally(() => {
        this.dispose();
        activity.end();
      });
  }

  private async ended(conclusion: Conclusion, execution: CandidateExecution, result: ExperimentResult): Promise<void> {
    const { options } = this.scope.definition;
    const again = await conclusion.observeAgain(execution, options.recheck ? (round) => this.rerun(round) : undefined);
    if ('reason' in again) this.state.explainObstacle(again.reason, again.obstacle);
    else {
      const { compareNothing, ignoredPaths } = conclusion;
      const run = { result, again, isShuffled: this.hasRepeated, compareNothing };
      const { recorder, turn } = this.state.environment;
      await turn.complete(recorder.repeated(run, options, ignoredPaths));
    }
  }

  private async executeAgain(): Promise<void> {
    await nextTurn();
    this.again = await this.execute(this.candidates.moment);
  }

  /** Calls the control once for each round, however many ask. */
  private rerun(round: number): MaybePromise<CandidateExecution | undefined> {
    const { raiseOnMismatch } = this.scope.definition.options;
    return (this.reruns[round] ??= raiseOnMismatch ? this.execute() : nextTurn().then(() => this.execute()));
  }

  private takeLeftovers(dispose: () => void): void {
    if (this.isDisposed) dispose();
    else this.leftovers.push(dispose);
  }

  private dispose(): void {
    this.isDisposed = true;
    for (const dispose of this.leftovers.splice(0)) dispose();
  }

  /** @param moment moment at which it reads; undefined if it reads when it runs */
  private execute(moment?: ReadMoment): MaybePromise<CandidateExecution | undefined> {
    const { state, scope, candidates } = this;
    const { control: name, options } = scope.definition;
    const args = candidates.takeArguments();
    if (args === undefined || state.reasonToSkip(options.maxConcurrent) !== undefined) return undefined;
    void state.slots.take(options.maxConcurrent, 0);
    return fromCallback<CandidateExecution | undefined>((tell) => {
      const owner: CandidateOwner = {
        context: candidates.context,
        isContextNeeded: candidates.isContextNeeded,
        moment,
        // A rerun to which something was refused has no usable result.
        takeExecution: (execution) => tell(execution.refused === undefined ? execution : undefined),
        freePlace: () => candidates.freePlace(),
        others: candidates.others,
        compareValue: () => undefined,
        takeLeftovers: (dispose) => this.takeLeftovers(dispose),
      };
      const call = new CandidateCall(state, { name, call: this.control }, options, owner, candidates.takeContext());
      call.ignoreLateFailure();
      call.execute(scope.self, args);
    });
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
