import { setImmediate } from 'node:timers';
import { types } from 'node:util';
import { CandidateGroup } from './candidate-group.js';
import { Conclusion } from './conclusion.js';
import type { ExperimentState } from './experiment.state.js';
import { attempt, FAILED, notify } from './guards.js';
import { handOn } from './hand-on.js';
import { chain, inSequence, together, type MaybePromise } from './maybe-promise.js';
import { MismatchError } from './mismatch.error.js';
import type { Execution } from './observation.js';
import { orderOf } from './order.js';
import { isReadOnce } from './read-once.js';
import type { ExperimentResult } from './result.js';
import type { SkipReason } from './run.recorder.js';
import { startOf, type Scope } from './scope.js';
import { SecondRun } from './second-run.js';

/** The control of an experiment, to be called with the `this` and the arguments of the call. */
export type Control = (...args: unknown[]) => unknown;

/**
 * One call of an experiment: the control, the candidates beside it, and what comes of comparing them.
 *
 * On the caller's path is only what must be done before the control or at the moment it settles: copying what others could
 * change meanwhile. The rest follows in a later turn of the event loop, unless the mode says that the caller waits.
 */
export class ExperimentRun {
  private readonly startedAt = Date.now();
  private readonly order: string[] = [];
  private readonly candidates: CandidateGroup;
  private readonly measuresNoise: boolean;
  private again: SecondRun | undefined;

  constructor(
    private readonly state: ExperimentState,
    private readonly scope: Scope,
  ) {
    const { noise, recheck, record } = scope.definition.options;
    this.measuresNoise = noise > 0 && record && Math.random() * 100 < noise;
    this.candidates = new CandidateGroup(state, scope, this.order, recheck || this.measuresNoise ? 1 : 0);
  }

  /** Calls the control, and gives what it gives. */
  start(control: Control): unknown {
    const { definition, self, report } = this.scope;
    const { beforeRun, mode, recheck } = definition.options;
    if (recheck || this.measuresNoise) this.again = this.secondRun(control);
    if (beforeRun !== undefined) notify('beforeRun', report, () => beforeRun.call(self, startOf(this.scope)));
    if (mode === 'serial') return this.startInOrder(control);

    const [first] = definition.candidates;
    const candidatesRun = once(
      definition.candidates.length === 1 && first !== undefined
        ? () => this.candidates.run(first)
        : () => together(definition.candidates, (candidate) => this.candidates.run(candidate)),
    );
    if (mode === 'parallel') queueMicrotask(() => void candidatesRun());
    return this.callControl(control, candidatesRun);
  }

  private secondRun(control: Control): SecondRun {
    const call = (self: unknown, args: unknown[]): unknown => control.apply(self, args);
    return new SecondRun(this.state, this.scope, this.candidates, call, this.measuresNoise);
  }

  private startInOrder(control: Control): unknown {
    const { definition, report } = this.scope;
    const { options, candidates } = definition;
    const byName = new Map(candidates.map((candidate) => [candidate.name, candidate]));
    const names = orderOf(options.order, definition.control, [...byName.keys()], report);
    const run = (some: readonly string[]) =>
      inSequence(
        some.flatMap((name) => byName.get(name) ?? []),
        (candidate) => this.candidates.run(candidate),
      );

    const position = names.indexOf(definition.control);
    const before = run(names.slice(0, position));
    const candidatesRun = once(() => chain(before, () => run(names.slice(position + 1))));
    // Only an `async` function is sure to give a promise. Any other is called at once, so that it can stay synchronous.
    return before instanceof Promise && types.isAsyncFunction(control)
      ? before.then(() => this.callControl(control, candidatesRun))
      : this.callControl(control, candidatesRun);
  }

  /** @param candidatesRun starts the candidates that are still to be started, and waits for all */
  private callControl(control: Control, candidatesRun: () => MaybePromise<void>): unknown {
    const { definition, self, args } = this.scope;
    const { copier } = this.state.surroundings;
    this.order.push(definition.control);
    const stop = this.state.time(definition.control);
    return handOn(() => control.apply(self, args), {
      returned: (value, synchronous) => {
        const elapsed = stop(synchronous);
        if (!this.isComparable(value)) return this.abandon('notComparable', candidatesRun, value);
        return this.settled(
          { kind: 'returned', value: copier.copy(value), duration: elapsed.duration, cpuTime: elapsed.cpuTime },
          synchronous,
          candidatesRun,
        );
      },
      threw: (error, synchronous) => this.settled({ kind: 'threw', error, ...stop(synchronous) }, synchronous, candidatesRun),
      emitted: (item) => copier.copy(item),
      abandoned: (reason, value) => this.abandon(reason, candidatesRun, value),
      isWaitedFor: this.isWaitedFor,
    });
  }

  /** @returns what the caller has to wait for, if anything */
  private settled(control: Execution, synchronous: boolean, candidatesRun: () => MaybePromise<void>): void | Promise<void> {
    const { mode, raiseOnMismatch } = this.scope.definition.options;
    const { activity } = this.state.surroundings;
    activity.begin();
    const finish = () => chain(candidatesRun(), () => this.finish(control));
    if (!raiseOnMismatch) {
      setImmediate(() => void finish());
      return mode === 'serial' ? candidatesRun() : undefined;
    }
    const raised = chain(finish(), (result) => this.raise(result));
    if (!synchronous || !(raised instanceof Promise)) return raised;
    raised.catch((error: unknown) => this.scope.report('raiseOnMismatch', error));
  }

  /** Compares, and passes the result on. Never throws. */
  private finish(control: Execution): MaybePromise<ExperimentResult | undefined> {
    const { scope, state, again } = this;
    const conclusion = attempt('run', scope.report, () => this.concluded(control));
    if (conclusion === FAILED || conclusion === undefined) {
      state.surroundings.activity.end();
      return undefined;
    }
    return chain(again?.recheck(conclusion), () => {
      const result = attempt('run', scope.report, () => this.pass(conclusion));
      again?.end(conclusion);
      state.surroundings.activity.end();
      return result === FAILED ? undefined : result;
    });
  }

  /** Undefined if there is nothing to compare. */
  private concluded(control: Execution): Conclusion | undefined {
    const { scope, state, order, startedAt, candidates } = this;
    if (candidates.skipped === undefined) {
      return new Conclusion(scope, { control, candidates: candidates.executions, order, startedAt }, state);
    }
    state.skip(candidates.skipped, scope.definition.options);
    return undefined;
  }

  private pass(conclusion: Conclusion): ExperimentResult {
    const { scope, state, startedAt, candidates } = this;
    const { options } = scope.definition;
    const { afterRun } = options;
    const result = conclusion.result();
    state.ran(startedAt);
    this.watch(result);
    if (afterRun !== undefined) notify('afterRun', scope.report, () => afterRun.call(scope.self, result));
    if (options.record) state.surroundings.recorder.ran(result, options);
    state.surroundings.publish(result);
    candidates.discard(conclusion.controlValue);
    return result;
  }

  /** Stops the experiment where a candidate goes beyond its guardrails. */
  private watch({ control, candidates }: ExperimentResult): void {
    for (const { name, outcome, duration } of candidates) {
      const blocked = this.candidates.executions.get(name)?.blocked ?? 0;
      const reason = this.state.watch(name, { outcome, duration, control: control.duration, blocked });
      if (reason !== undefined) this.state.halt(`Candidate "${name}": ${reason}`);
    }
  }

  private raise(result: ExperimentResult | undefined): void {
    if (!result?.mismatched) return;
    const { definition, self, report } = this.scope;
    const { raiseWith } = definition.options;
    const custom = raiseWith && attempt('raiseWith', report, () => raiseWith.call(self, result));
    throw custom === undefined || custom === FAILED ? new MismatchError(result) : custom;
  }

  /** Gives up on comparing; what the candidates have begun is waited for and thrown away. */
  private abandon(reason: SkipReason, candidatesRun: () => MaybePromise<void>, control?: unknown): void {
    this.state.skip(reason, this.scope.definition.options);
    if (reason === 'notComparable') this.state.reportNotComparable();
    this.candidates.stop(reason);
    void chain(candidatesRun(), () => this.candidates.discard(control));
  }

  /** Whether the caller waits for the candidates. */
  private get isWaitedFor(): boolean {
    const { mode, raiseOnMismatch } = this.scope.definition.options;
    return mode === 'serial' || raiseOnMismatch;
  }

  private isComparable(value: unknown): boolean {
    const { compare, clean } = this.scope.definition.options;
    return compare !== undefined || clean !== undefined || !isReadOnce(value);
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
