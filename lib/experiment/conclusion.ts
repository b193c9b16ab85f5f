import { areEqual, outcomeOfDifference, type Rules } from './comparison.js';
import type { CandidateDefinition } from './definition.js';
import { withoutEntities, type Identify } from './default-cleaner.js';
import { attempt, FAILED, type Report } from './guards.js';
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
export function conclude(scope: Scope, executions: Executions, identify: Identify | undefined): ExperimentResult {
  return new Conclusion(scope, executions, identify).result();
}

class Conclusion {
  private readonly rules: Rules;
  private readonly context: Context;
  private readonly control: Observation;

  constructor(
    private readonly scope: Scope,
    private readonly executions: Executions,
    identify: Identify | undefined,
  ) {
    this.rules = rulesOf(scope, identify);
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

const NO_RULES: Rules = { compare: undefined, compareErrors: undefined, clean: (value) => value, ignores: [] };

function rulesOf({ definition: { options }, self, report }: Scope, identify: Identify | undefined): Rules {
  const { compare, compareErrors, clean, ignore = [] } = options;
  if (compare === undefined && compareErrors === undefined && clean === undefined && options.ignore === undefined)
    return identify === undefined
      ? NO_RULES
      : { ...NO_RULES, clean: cleaning((value) => withoutEntities(value, identify), report) };
  const cleaner =
    clean === undefined
      ? identify && ((value: unknown) => withoutEntities(value, identify))
      : (value: unknown): unknown => clean.call(self, value);
  return {
    compare: compare && ((control, candidate) => compare.call(self, control, candidate)),
    compareErrors: compareErrors && ((control, candidate) => compareErrors.call(self, control, candidate)),
    clean: cleaner === undefined ? (value) => value : cleaning(cleaner, report),
    ignores: [ignore].flat().map((one) => (control, candidate, both) => one.call(self, control, candidate, both)),
  };
}

/** Cleans what there is; where the cleaner fails, the value stays itself. */
function cleaning(clean: (value: unknown) => unknown, report: Report): Rules['clean'] {
  return (value) => {
    if (value === null || value === undefined) return value;
    const cleaned = attempt('clean', report, () => clean(value));
    return cleaned === FAILED ? value : cleaned;
  };
}
