import { areEqual, outcomeOfDifference } from './comparison.js';
import type { CandidateDefinition } from './definition.js';
import {
  observationOf,
  toldContext,
  type CandidateExecution,
  type CandidateObservation,
  type Execution,
  type Observation,
} from './observation.js';
import type { Context } from './context.js';
import { ExperimentResult } from './result.js';
import type { Redaction } from './redaction.js';
import { rulesOf, type RuleParts, type Rules } from './rules.js';
import type { Scope } from './scope.js';

/** What a run leaves to be compared. */
export interface Executions {
  readonly control: Execution;
  readonly candidates: ReadonlyMap<string, CandidateExecution>;
  /** The behaviours' names in the order in which they were started. */
  readonly order: readonly string[];
  readonly startedAt: number;
}

/** Compares each candidate with the control, and makes the run's result. */
export function conclude(scope: Scope, executions: Executions, parts: RuleParts): ExperimentResult {
  return new Conclusion(scope, executions, parts).result();
}

class Conclusion {
  private readonly rules: Rules;
  private readonly context: Context;
  private readonly control: Observation;

  constructor(
    private readonly scope: Scope,
    private readonly executions: Executions,
    parts: RuleParts,
  ) {
    this.rules = rulesOf(scope, parts);
    this.context = toldContext(scope.context, this.redaction);
    this.control = this.observed(scope.definition.control, executions.control);
  }

  result(): ExperimentResult {
    const { definition } = this.scope;
    const { order, startedAt } = this.executions;
    const { context, control } = this;
    const candidates = definition.candidates.map((candidate) => this.compared(candidate));
    return new ExperimentResult({
      experiment: definition.name,
      context,
      control,
      candidates,
      order,
      startedAt,
      redaction: this.redaction,
    });
  }

  private compared({ name }: CandidateDefinition): CandidateObservation {
    const execution = this.executions.candidates.get(name);
    if (execution === undefined) throw new Error(`Candidate "${name}" was not run.`);
    const outcome = this.outcome(name, execution);
    return this.observed(name, execution, outcome) as CandidateObservation; // it was given an outcome
  }

  private outcome(name: string, execution: CandidateExecution) {
    if (execution.timedOut) return 'timedOut';
    const { report } = this.scope;
    if (areEqual(this.executions.control, execution, this.rules, report)) return 'matched';
    return outcomeOfDifference(this.control, this.observed(name, execution), this.rules, report);
  }

  private observed(name: string, execution: Execution, outcome?: CandidateObservation['outcome']): Observation {
    return observationOf(
      { name, context: this.contextOf(name), outcome, redaction: this.redaction },
      execution,
      this.rules.clean,
    );
  }

  private contextOf(name: string): Context {
    const own = this.scope.contexts.get(name);
    return own === undefined ? this.context : toldContext(own, this.redaction);
  }

  private get redaction(): Redaction | undefined {
    return this.scope.definition.options.redaction;
  }
}
