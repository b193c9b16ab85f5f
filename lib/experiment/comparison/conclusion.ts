import type { Equality, Undecided } from '../../comparing/equality.js';
import { Comparison } from './comparison.js';
import { chain, inSequence, type MaybePromise } from '../../base/maybe-promise.js';
import {
  makeObservation,
  type CandidateExecution,
  type CandidateObservation,
  type Execution,
  type Observation,
  type Outcome,
} from '../observation.js';
import { prepareContext, type ExperimentContext } from '../experiment-context.js';
import { ExperimentResult } from '../result.js';
import type { Redaction } from '../../values/redaction/redaction.js';
import { resolveRules, type RuleParts, type Rules } from './comparison-rules.js';
import type { SampledCall } from '../sampled-call.js';

/** Executions of a run, ready to be compared. */
export interface Executions {
  readonly control: Execution;
  readonly candidates: readonly CandidateExecution[];
  /** Names of the behaviours, in the order in which they were started. */
  readonly order: readonly string[];
  readonly startedAt: number;
}

/** Result of comparing a candidate. */
interface Verdict {
  readonly name: string;
  readonly execution: CandidateExecution;
  outcome: Outcome;
  drifted?: true;
}

/** Reruns of the control that have to agree with a candidate for its difference to be drift. One that agrees may do so by chance. */
export const RERUNS = 2;

/** Calls the control again, or returns what that gave before; undefined if it can't be called. */
type Rerun = (round: number) => MaybePromise<CandidateExecution | undefined>;

/** Reason why there is no conclusion, with the part that can't be compared, for people. */
export interface NoConclusion {
  readonly reason: Undecided;
  readonly obstacle: string | undefined;
}

/** Conclusion of a run: compares each candidate with the control, and makes the result. */
export class Conclusion {
  readonly control: Observation;
  /** Paths of the fields that an operator excluded when it was compared. */
  readonly ignoredPaths: readonly string[];
  /** Names of the candidates that match because nothing was left to compare. */
  readonly compareNothing = new Set<string>();
  private readonly rules: Rules;
  private readonly context: ExperimentContext;
  private readonly comparison: Comparison;
  private readonly verdicts: Verdict[] = [];
  private held: Map<string, number> | undefined;
  /** Behaviour that the user's functions are being called for. */
  private subject: string;

  private constructor(
    private readonly scope: SampledCall,
    private readonly executions: Executions,
    parts: RuleParts,
  ) {
    const { definition, host } = scope;
    const { compareBudget, raiseOnMismatch } = definition.options;
    this.subject = definition.control;
    this.ignoredPaths = parts.ignoredPaths;
    this.rules = resolveRules(scope, parts, (duration) => this.hold(duration));
    addStacks(executions.control);
    for (const execution of executions.candidates) addStacks(execution);
    const { slices } = parts.environment;
    this.comparison = new Comparison({ rules: this.rules, host, slices, budget: compareBudget, isAtOnce: raiseOnMismatch });
    this.context = prepareContext(scope.context, this.redaction, this.rules.withoutEntities);
    this.control = this.observe(definition.control, executions.control);
  }

  /** Compares the candidates, at once if that takes little. */
  static of(scope: SampledCall, executions: Executions, parts: RuleParts): MaybePromise<Conclusion | NoConclusion> {
    return new Conclusion(scope, executions, parts).judgeFrom(0);
  }

  /** Returns the time, in ms, for which the user's functions have held the event loop so far when called for a behaviour. */
  heldBy(behaviour: string): number {
    return this.held?.get(behaviour) ?? 0;
  }

  /** Tells whether a candidate differs, in a way that counts, by what it returned or threw. */
  get differs(): boolean {
    return this.verdicts.some(isDifference);
  }

  /** Ignores the differences of candidates that agree with all reruns of the control. */
  recheck(rerun: Rerun): MaybePromise<void> {
    return this.findDrift(this.verdicts, rerun);
  }

  /**
   * Returns the control's second call as if it were a candidate, or the reason why it can't be compared.
   *
   * @param rerun reruns with which it has to agree for its difference to be ignored, if it may be
   */
  observeAgain(again: CandidateExecution, rerun: Rerun | undefined): MaybePromise<CandidateObservation | NoConclusion> {
    const { control } = this.scope.definition;
    this.subject = control;
    return chain(this.equality(again), (equality): MaybePromise<CandidateObservation | NoConclusion> => {
      if (isUndecided(equality)) return { reason: equality, obstacle: this.comparison.obstacle };
      const verdict: Verdict = { name: control, execution: again, outcome: this.outcome(control, again, equality) };
      const found = rerun === undefined ? undefined : this.findDrift([verdict], rerun);
      return chain(found, () => this.observeVerdict(verdict));
    });
  }

  makeResult(): ExperimentResult {
    const { order, startedAt } = this.executions;
    const { context, control, redaction } = this;
    const experiment = this.scope.definition.name;
    const candidates = this.verdicts.map((verdict) => this.observeVerdict(verdict));
    return new ExperimentResult({ experiment, context, control, candidates, order, startedAt, redaction });
  }

  /** Judges the candidates from an index on: at once, as long as each is compared at once. */
  private judgeFrom(first: number): MaybePromise<Conclusion | NoConclusion> {
    for (const [index, { name }] of this.scope.definition.candidates.entries()) {
      if (index < first) continue;
      const execution = this.executions.candidates.find(({ candidate }) => candidate === name);
      if (execution === undefined) throw new Error(`Candidate "${name}" was not run.`);
      this.subject = name;
      const equality = this.equality(execution);
      if (equality instanceof Promise) {
        return equality.then((known) => this.addVerdict(name, execution, known) ?? this.judgeFrom(index + 1));
      }
      const unknown = this.addVerdict(name, execution, equality);
      if (unknown !== undefined) return unknown;
    }
    return this;
  }

  /** @returns the reason why it can't be judged; undefined if it was */
  private addVerdict(name: string, execution: CandidateExecution, equality: Equality): NoConclusion | undefined {
    if (isUndecided(equality)) return { reason: equality, obstacle: this.comparison.obstacle };
    const outcome = this.outcome(name, execution, equality);
    const isKnown = execution.known === 'equal';
    if (outcome === 'matched' && this.comparison.comparesNothing(this.executions.control, isKnown)) this.compareNothing.add(name);
    this.verdicts.push({ name, execution, outcome });
    return undefined;
  }

  /** Ignores the differences that agree with each rerun. There is no further rerun once none does. */
  private findDrift(verdicts: readonly Verdict[], rerun: Rerun, round = 0): MaybePromise<void> {
    const left = verdicts.filter(isDifference);
    if (left.length === 0) return;
    if (round === RERUNS) {
      for (const verdict of left) {
        verdict.outcome = 'ignored';
        verdict.drifted = true;
      }
      return;
    }
    return chain(rerun(round), (again) => {
      if (again === undefined || again.timedOut) return;
      const agreeing: Verdict[] = [];
      const compared = inSequence(left, (verdict) => {
        this.subject = verdict.name;
        return chain(this.comparison.compare(again, verdict.execution), (equality) => {
          if (equality === 'equal') agreeing.push(verdict);
        });
      });
      return chain(compared, () => this.findDrift(agreeing, rerun, round + 1));
    });
  }

  private equality(execution: CandidateExecution): MaybePromise<Equality> {
    const { known } = execution;
    if (known === 'equal' || (known === 'different' && !haveExceptions(this.rules))) return known;
    return execution.timedOut ? 'different' : this.comparison.compare(this.executions.control, execution);
  }

  private outcome(name: string, execution: CandidateExecution, equality: 'equal' | 'different'): Outcome {
    if (execution.timedOut) return 'timedOut';
    if (equality === 'equal') return 'matched';
    return this.comparison.judgeDifference(this.control, execution, () => this.observe(name, execution));
  }

  private hold(duration: number): void {
    (this.held ??= new Map<string, number>()).set(this.subject, this.heldBy(this.subject) + duration);
  }

  private observeVerdict(verdict: Verdict): CandidateObservation {
    return this.observe(verdict.name, verdict.execution, verdict) as CandidateObservation; // it is given an outcome
  }

  private observe(name: string, execution: Execution, verdict?: Verdict): Observation {
    const { redaction } = this;
    const { outcome, drifted } = verdict ?? {};
    const diff = outcome === 'mismatched' ? this.bindDiff(name, execution) : undefined;
    const { withoutEntities } = this.rules;
    const { reads } = verdict?.execution ?? {};
    // Entities are replaced by no function of the user's.
    const isUsual = this.rules.clean === withoutEntities;
    const clean = isUsual ? withoutEntities : (value: unknown) => this.chargeTo(name, () => this.rules.clean(value));
    const identity = { name, context: this.findContext(name), redaction, outcome, drifted, reads, withoutEntities, diff };
    return makeObservation(identity, execution, clean);
  }

  private bindDiff(name: string, candidate: Execution): ((cleaned: unknown) => unknown) | undefined {
    const { control } = this;
    const { diff } = this.rules;
    if (diff === undefined || control.kind !== 'returned' || candidate.kind !== 'returned') return undefined;
    return (cleaned) => this.chargeTo(name, () => diff(control.cleanedValue, cleaned));
  }

  /** Calls a user's function on account of a behaviour. */
  private chargeTo<Value>(behaviour: string, ask: () => Value): Value {
    const before = this.subject;
    this.subject = behaviour;
    try {
      return ask();
    } finally {
      this.subject = before;
    }
  }

  private findContext(name: string): ExperimentContext {
    const own = this.scope.contexts.get(name);
    return own === undefined ? this.context : prepareContext(own, this.redaction, this.rules.withoutEntities);
  }

  private get redaction(): Redaction | undefined {
    return this.scope.definition.options.redaction;
  }
}

function addStacks(execution: Execution): void {
  if (execution.kind === 'threw') execution.snapshot?.addStacks();
}

/** Tells whether rules count some values as equal that are not. */
function haveExceptions({ equality, ignored }: Rules): boolean {
  return equality !== undefined || ignored.length > 0;
}

function isUndecided(equality: Equality): equality is Undecided {
  return equality === 'tooLarge' || equality === 'notComparable';
}

/** Decides whether a rerun of the control might agree with the candidate. */
function isDifference({ outcome }: Verdict): boolean {
  return outcome === 'mismatched' || outcome === 'errored';
}
