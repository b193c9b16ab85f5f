import { setImmediate } from 'node:timers';
import { CandidateCall, type CandidateOwner } from './candidate-call.js';
import type { CandidateGroup } from './candidate-group.js';
import type { Conclusion } from '../comparison/conclusion.js';
import type { ExperimentState } from './experiment-state.js';
import { chain, fromCallback, type MaybePromise } from '../../base/maybe-promise.js';
import type { CandidateExecution } from '../observation.js';
import type { SampledCall } from '../sampled-call.js';

/** What calls the control, with a `this` and arguments. */
type CallControl = (self: unknown, args: unknown[]) => unknown;

/**
 * The control of a call, run once more when all else has settled, at the most once: what it gives then tells a difference from data
 * that moved, and from what differs by itself. It is run as a candidate is, in a turn of its own that no caller waits for, and not
 * at all if there is no place for it.
 */
export class ControlRerun {
  private execution: CandidateExecution | undefined;
  private readonly leftovers: (() => void)[] = [];

  constructor(
    private readonly state: ExperimentState,
    private readonly scope: SampledCall,
    private readonly candidates: CandidateGroup,
    private readonly control: CallControl,
    /** Whether the control is to be compared with itself. */
    private readonly measuresNoise: boolean,
  ) {}

  /** Tells which differences are drift, if there are any. In the turn of the caller only where it waits for what is to be raised. */
  recheck(conclusion: Conclusion): MaybePromise<void> {
    const { recheck, raiseOnMismatch } = this.scope.definition.options;
    if (!recheck || !conclusion.differs) return;
    return chain(raiseOnMismatch ? this.execute() : nextTurn().then(() => this.execute()), (execution) => {
      this.execution = execution;
      return execution === undefined ? undefined : conclusion.recheck(execution);
    });
  }

  /** Compares the control with itself, if that is to be done, and disposes of what it gave. */
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
      .catch((error: unknown) => this.scope.report('run', error))
      .finally(() => {
        this.dispose();
        endTracking();
      });
  }

  private async ended(conclusion: Conclusion, execution: CandidateExecution): Promise<void> {
    const { name, options } = this.scope.definition;
    const repeated = await conclusion.repeated(execution);
    if (repeated === undefined) this.state.explain('tooLarge');
    else this.state.environment.recorder.repeated(name, conclusion.control, repeated, options);
  }

  private dispose(): void {
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
        // What it was refused, it could not give.
        takeExecution: (_, execution) => tell(execution.refused === undefined ? execution : undefined),
        freePlace: () => candidates.freePlace(),
        others: candidates.others,
        takeLeftovers: (dispose) => this.leftovers.push(dispose),
      };
      const call = new CandidateCall(state, { name, call: this.control }, options, owner, candidates.takeContext());
      call.excuse();
      call.execute(scope.self, args);
    });
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
