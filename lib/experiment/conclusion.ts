import { areEqual, outcomeOfDifference } from './comparison.js';
import type { CandidateDefinition } from './definition.js';
import {
  observationOf,
  toldContext,
  type CandidateExecution,
  type CandidateObservation,
  type Execution,
  type Observation,
  type Outcome,
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

/** What came of comparing a candidate. */
interface Verdict {
  readonly name: string;
  readonly execution: CandidateExecution;
  outcome: Outcome;
  drifted?: true;
}

/** Compares each candidate with the control, and makes the run's result. */
export class Conclusion {
  readonly control: Observation;
  private readonly rules: Rules;
  private readonly context: Context;
  private readonly verdicts: readonly Verdict[];

  constructor(
    private readonly scope: Scope,
    private readonly executions: Executions,
    parts: RuleParts,
  ) {
    this.rules = rulesOf(scope, parts);
    this.context = toldContext(scope.context, this.redaction, this.rules.withoutEntities);
    this.control = this.observed(scope.definition.control, executions.control);
    this.verdicts = scope.definition.candidates.map((candidate) => this.verdict(candidate));
  }

  /** What the control gave, if it didn't throw. */
  get controlValue(): unknown {
    const { control } = this.executions;
    return control.kind === 'returned' ? control.value : undefined;
  }

  /** Whether a candidate differs, in a way that counts, by what it gave or threw. */
  get differs(): boolean {
    return this.verdicts.some(isDifference);
  }

  /** Ignores the differences of candidates that gave what the control, run once more, gives by now. */
  recheck(again: CandidateExecution): void {
    if (again.timedOut) return;
    for (const verdict of this.verdicts) {
      if (!isDifference(verdict) || !areEqual(again, verdict.execution, this.rules, this.scope.report)) continue;
      verdict.outcome = 'ignored';
      verdict.drifted = true;
    }
  }

  /** The control, run once more, as if it were a candidate. */
  repeated(again: CandidateExecution): CandidateObservation {
    const name = this.scope.definition.control;
    return this.compared({ name, execution: again, outcome: this.outcome(name, again) });
  }

  result(): ExperimentResult {
    const { order, startedAt } = this.executions;
    const { context, control, redaction } = this;
    const experiment = this.scope.definition.name;
    const candidates = this.verdicts.map((verdict) => this.compared(verdict));
    return new ExperimentResult({ experiment, context, control, candidates, order, startedAt, redaction });
  }

  private verdict({ name }: CandidateDefinition): Verdict {
    const execution = this.executions.candidates.get(name);
    if (execution === undefined) throw new Error(`Candidate "${name}" was not run.`);
    return { name, execution, outcome: this.outcome(name, execution) };
  }

  private outcome(name: string, execution: CandidateExecution): Outcome {
    if (execution.timedOut) return 'timedOut';
    const { report } = this.scope;
    if (areEqual(this.executions.control, execution, this.rules, report)) return 'matched';
    return outcomeOfDifference(this.control, this.observed(name, execution), this.rules, report);
  }

  private compared(verdict: Verdict): CandidateObservation {
    return this.observed(verdict.name, verdict.execution, verdict) as CandidateObservation; // it is given an outcome
  }

  private observed(name: string, execution: Execution, verdict?: Verdict): Observation {
    const { redaction } = this;
    const { outcome, drifted } = verdict ?? {};
    const diff = outcome === 'mismatched' ? this.diffOf(execution) : undefined;
    const { clean, withoutEntities } = this.rules;
    const identity = { name, context: this.contextOf(name), redaction, outcome, drifted, withoutEntities, diff };
    return observationOf(identity, execution, clean);
  }

  private diffOf(candidate: Execution): ((cleaned: unknown) => unknown) | undefined {
    const { control } = this;
    const { diff } = this.rules;
    if (diff === undefined || control.kind !== 'returned' || candidate.kind !== 'returned') return undefined;
    return (cleaned) => diff(control.cleanedValue, cleaned);
  }

  private contextOf(name: string): Context {
    const own = this.scope.contexts.get(name);
    return own === undefined ? this.context : toldContext(own, this.redaction, this.rules.withoutEntities);
  }

  private get redaction(): Redaction | undefined {
    return this.scope.definition.options.redaction;
  }
}

/** Whether the control may give by now what a candidate gave. */
function isDifference({ outcome }: Verdict): boolean {
  return outcome === 'mismatched' || outcome === 'errored';
}
