import { setImmediate } from 'node:timers';
import { CandidateCall, type CandidateOwner } from './candidate-call.js';
import type { CandidateGroup } from './candidate-group.js';
import type { Conclusion } from '../comparison/conclusion.js';
import type { ExperimentState } from './experiment-state.js';
import { chain, fromCallback, type MaybePromise } from '../../base/maybe-promise.js';
import type { CandidateExecution } from '../observation.js';
import type { SampledCall } from '../sampled-call.js';

/** Calls the control, with a `this` and arguments. */
type CallControl = (self: unknown, args: unknown[]) => unknown;

/**
 * Rerun of a call's control, when all else has settled, at most once. Its result tells a difference from changed data, and from values that
 * always differ. The control runs as a candidate does, in a turn of its own that no caller waits for. It doesn't run if there is no place
 * for it.
 */
export class ControlRerun {
  private execution: CandidateExecution | undefined;
  private readonly leftovers: (() => void)[] = [];
  private isDisposed = false;

  constructor(
    private readonly state: ExperimentState,
    private readonly scope: SampledCall,
    private readonly candidates: CandidateGroup,
    private readonly control: CallControl,
    /** Tells whether the control is to be compared with itself. */
    private readonly measuresNoise: boolean,
  ) {}

  /** Finds the differences that are drift. Runs in the caller's turn only if the caller waits for a `MismatchError`. */
  recheck(conclusion: Conclusion): MaybePromise<void> {
    const { recheck, raiseOnMismatch } = this.scope.definition.options;
    if (!recheck || !conclusion.differs) return;
    return chain(raiseOnMismatch ? this.execute() : nextTurn().then(() => this.execute()), (execution) => {
      this.execution = execution;
      return execution === undefined ? undefined : conclusion.recheck(execution);
    });
  }

  /** Compares the control with itself if noise is measured, and disposes of its value. */
  end(conclusion: Conclusion): void {
    if (!this.measuresNoise) {
      this.dispose();
      return;
    }
    const { activity } = this.state.environment;
    const endTracking = activity.track();
    void nextTurn()
      .then(() => this.execution ?? this.execute())
      .then((execution) => {
        if (execution !== undefined) return this.ended(conclusion, execution);
      })
      .catch((error: unknown) => this.scope.host.report('run', error))
      .finally(() => {
        this.dispose();
        endTracking();
      });
  }

  private async ended(conclusion: Conclusion, execution: CandidateExecution): Promise<void> {
    const { name, options } = this.scope.definition;
    const repeated = await conclusion.observeRerun(execution);
    if ('reason' in repeated) this.state.explainObstacle(repeated.reason, repeated.obstacle);
    else this.state.environment.recorder.repeated(name, conclusion.control, repeated, options);
  }

  private takeLeftovers(dispose: () => void): void {
    if (this.isDisposed) dispose();
    else this.leftovers.push(dispose);
  }

  private dispose(): void {
    this.isDisposed = true;
    for (const dispose of this.leftovers.splice(0)) dispose();
  }

  private execute(): MaybePromise<CandidateExecution | undefined> {
    const { state, scope, candidates } = this;
    const { control: name, options } = scope.definition;
    const args = candidates.takeArguments();
    if (args === undefined || state.reasonToSkip(options.maxConcurrent) !== undefined) return undefined;
    void state.slots.take(options.maxConcurrent, 0);
    return fromCallback<CandidateExecution | undefined>((tell) => {
      const owner: CandidateOwner = {
        context: candidates.context,
        isContextNeeded: candidates.isContextNeeded,
        // A rerun to which something was refused has no usable result.
        takeExecution: (_, execution) => tell(execution.refused === undefined ? execution : undefined),
        freePlace: () => candidates.freePlace(),
        others: candidates.others,
        matches: () => false,
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
