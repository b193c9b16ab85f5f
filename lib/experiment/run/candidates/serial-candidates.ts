import type { CandidateGroup } from './candidate-group.js';
import { chain, inSequence, fromCallback, type MaybePromise } from '../../../base/maybe-promise.js';
import { drawOrder } from '../run-order.js';
import type { SampledCall } from '../../sampled-call.js';

/** Candidates of a call in `serial` mode, one after the other: some before the control, the rest after it. */
export class SerialCandidates {
  /** Promise that the control has to wait for, if there is one. */
  readonly before: MaybePromise<void>;

  private readonly names: readonly string[];
  private readonly position: number;
  private settled: { readonly value: MaybePromise<void> } | undefined;

  /** Starts the candidates that come before the control. */
  constructor(
    private readonly group: CandidateGroup,
    private readonly scope: SampledCall,
  ) {
    const { options, control, candidates } = scope.definition;
    const names = candidates.map(({ name }) => name);
    this.names = drawOrder(options.order, control, names, scope.host);
    this.position = this.names.indexOf(control);
    this.before = this.run(this.names.slice(0, this.position));
  }

  /** Runs the rest, at the first call, and waits for all. */
  rest(): MaybePromise<void> {
    this.settled ??= { value: chain(this.before, () => this.run(this.names.slice(this.position + 1))) };
    return this.settled.value;
  }

  private run(names: readonly string[]): MaybePromise<void> {
    const { candidates } = this.scope.definition;
    return inSequence(
      names.flatMap((name) => candidates.find((candidate) => candidate.name === name) ?? []),
      (candidate) => {
        this.group.start([candidate]);
        return fromCallback<void>((tell) => this.group.whenSettled(tell));
      },
    );
  }
}
