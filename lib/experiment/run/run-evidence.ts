import { digestInput, digestWhole } from '../../comparing/input-digest.js';
import type { CandidateObservation, Execution, Observation } from '../observation.js';
import type { CandidateFinding, Finding, OrderedRun, UncountedReason } from '../ordered-run.js';
import type { ExperimentResult } from '../result.js';
import type { Excuses } from '../ports/run-recorder.js';
import type { SampledCall } from '../sampled-call.js';
import { attempt, FAILED } from '../../base/user-function.js';
import type { ResolvedOptions } from '../definition.js';
import type { ExperimentState } from './experiment-state.js';
import type { Snapshot } from './snapshot.js';
import { NOT_IN_ORDER, type StartOrder } from './start-order.js';

/** Place of a run among those that are evidence, in the order of their starts, and what it was asked. */
export class RunEvidence {
  /** Place in the order of starts, until it is settled there. */
  private place: number;
  private readonly starts: StartOrder;
  /** Hash of the arguments; undefined without arguments, and until candidates start. */
  private input: number | undefined;
  private hasRead = false;
  /** Reason why the run is no evidence, if it has no place. */
  private why: UncountedReason | undefined;
  /** True if the control may be compared with itself. */
  readonly mayRepeat: boolean;

  constructor(
    private readonly state: Pick<ExperimentState, 'starts' | 'environment'>,
    private readonly scope: SampledCall,
    startedAt: number,
  ) {
    const { options, name } = scope.definition;
    const { record, noise, timeout } = options;
    const drawn = !record ? 'nothing' : noise > 0 ? state.environment.recorder.draws(name) : 'evidence';
    this.mayRepeat = noise > 0 && drawn !== 'nothing';
    this.starts = state.starts;
    this.place = drawn === 'evidence' ? this.starts.begin(startedAt, timeout) : NOT_IN_ORDER;
    if (this.place === NOT_IN_ORDER && record)
      this.why = drawn === 'evidence' ? 'crowded' : drawn === 'noise' ? 'learning' : 'overBudget';
  }

  /** True if the run may show what it was drawn for. */
  get isEvidence(): boolean {
    return this.place !== NOT_IN_ORDER;
  }

  /** Fields that an operator excluded from comparisons when the run was started. */
  get ignoredPaths(): readonly string[] {
    return this.starts.ignoredPaths;
  }

  /** Reads what the candidates are asked, before they can change it. Never throws: it may be all that runs in a microtask. */
  read({ args, isPlain }: Pick<Snapshot, 'args' | 'isPlain'>): void {
    if (this.place === NOT_IN_ORDER || this.hasRead) return;
    this.hasRead = true;
    const { coverage } = this.scope.definition.options;
    const key = coverage === undefined ? undefined : this.readKey(coverage, args);
    if (key === undefined && args.length === 0) return;
    try {
      this.input = key === undefined ? digestInput(args, isPlain && coverage === undefined) : digestInput([key]);
    } catch (error) {
      this.scope.host.report('run', error);
    }
  }

  /** Asks the user what makes the call another input than others; undefined if nobody says. */
  private readKey(coverage: NonNullable<ResolvedOptions['coverage']>, args: readonly unknown[]): unknown {
    const { self, host } = this.scope;
    const begun = performance.now();
    const key = attempt('coverage', host, () => Reflect.apply(coverage, self, args) as unknown); // typed by the control's parameters
    this.state.environment.eventLoop.hold(performance.now() - begun);
    return key === FAILED ? undefined : key;
  }

  /**
   * Takes the run's place with what it shows.
   *
   * @param ignoredPaths fields that its comparison left out because of an operator. A run that was started before these changed is no
   * evidence for either
   */
  prove(control: Execution | Observation, findings: readonly CandidateFinding[], ignoredPaths: readonly string[]): void {
    const { place } = this;
    if (ignoredPaths !== this.ignoredPaths) {
      this.giveUp();
      this.why ??= 'changed';
    } else if (place !== NOT_IN_ORDER) {
      this.place = NOT_IN_ORDER;
      if (!this.starts.settle(place, this.describe(control, findings))) this.why = 'late';
    }
    if (this.why === undefined || !this.scope.definition.options.record) return;
    const names = findings.map(({ candidate }) => candidate);
    this.state.environment.recorder.unproved(this.scope.definition.name, names, this.why, ignoredPaths);
  }

  private describe(control: Execution | Observation, findings: readonly CandidateFinding[]): Omit<OrderedRun, 'startedAt'> {
    const { draw } = this.scope;
    // Without arguments, what the control gives tells one situation from another.
    const input = this.input ?? digestInput([control.kind === 'returned' ? control.value : control.error]);
    const subject = draw.subject === undefined ? undefined : digestWhole(draw.subject);
    return { input, subject, isForAll: draw.isForAll, findings };
  }

  /** Leaves the run's place, if it shows nothing. */
  giveUp(): void {
    if (this.place !== NOT_IN_ORDER) this.starts.settle(this.place, undefined);
    this.place = NOT_IN_ORDER;
  }
}

/**
 * Lists what a run shows of its candidates.
 *
 * @param compareNothing names of candidates that match because everything was left out of the comparison
 */
export function listFindings(
  { control, candidates }: ExperimentResult,
  excuses: Excuses | undefined,
  compareNothing: ReadonlySet<string>,
): CandidateFinding[] {
  const findings: CandidateFinding[] = [];
  for (const candidate of candidates) {
    const { name } = candidate;
    const finding = excuses?.get(name) ?? (compareNothing.has(name) ? 'nothingLeft' : findIn(control, candidate));
    if (finding !== undefined) findings.push({ candidate: candidate.name, finding });
  }
  return findings;
}

/** Tells what a run shows of a candidate; undefined if its difference is ignored. */
function findIn(control: Observation, { kind, outcome }: CandidateObservation): Finding | undefined {
  if (outcome === 'ignored') return undefined;
  if (outcome !== 'matched') return 'differs';
  return control.kind === 'threw' && kind === 'threw' ? 'bothThrew' : 'same';
}
