import type { ExperimentDeclaration } from '../declaration.js';
import { CONTROL, resolveOptions, type CandidateDefinition, type ExperimentDefinition, type OptionLayer } from '../definition.js';
import { StudiesError } from '../../base/errors.js';
import type { ExperimentRun } from './experiment-run.js';
import type { Control } from './run-behaviours.js';
import type { ExperimentRunner } from './experiment-runner.js';
import { Hidden } from '../../base/hidden.js';
import type { Sampler } from '../admission/sampler.js';

/** Experiment of a decorated method in one application. */
export class DeclaredExperiment extends Hidden {
  /** Sampler of the runner, kept here because every call reads it. */
  private readonly sampler: Sampler;
  private hasSubject = false;
  /** Defaults of the application; undefined until the application is known. */
  private defaults: readonly OptionLayer[] | undefined;
  private others: readonly CandidateDefinition[] | undefined;
  private definition: ExperimentDefinition | undefined;

  constructor(
    readonly declaration: ExperimentDeclaration,
    private readonly runner: ExperimentRunner,
  ) {
    super();
    this.sampler = runner.sampler;
  }

  /** Defines the experiment: its own options over the application's, and its own candidates with those from elsewhere. */
  define(defaults: readonly OptionLayer[], others: readonly CandidateDefinition[] | undefined): void {
    const { subject, percentEnabled } = resolveOptions(...defaults, this.declaration.options);
    this.hasSubject = subject !== undefined;
    this.runner.percentEnabled = percentEnabled;
    this.defaults = defaults;
    this.others = others;
    this.definition = undefined;
  }

  /** Tells whether this call may be in, as far as that is known without its subject. To be called once per call, before `prepare`. */
  mayDraw(): boolean {
    return this.sampler.mayDraw(this.hasSubject);
  }

  /** Decides whether a drawn call runs the experiment. To be called for drawn calls only. Never throws. */
  prepare(control: Control, self: unknown, args: unknown[]): ExperimentRun | undefined {
    const { defaults } = this;
    if (defaults === undefined) return undefined;
    return this.runner.prepare((this.definition ??= this.makeDefinition(defaults)), control, self, args, !this.hasSubject);
  }

  /** Makes the definition at the first drawn call, because an application can have thousands of experiments that are off. */
  private makeDefinition(defaults: readonly OptionLayer[]): ExperimentDefinition {
    const { declaration, others = [] } = this;
    const own = Array.from(declaration.candidates, ([name, method]) => ({
      name,
      source: declaration.findMethod(method),
      call: makeCaller(method),
    }));
    return {
      name: declaration.name,
      control: CONTROL,
      candidates: [...own, ...others],
      options: resolveOptions(...defaults, declaration.options),
    };
  }
}

/** Makes a caller that looks the method up at each call, so that a subclass can override a candidate. */
function makeCaller(method: PropertyKey): CandidateDefinition['call'] {
  return (self, args) => {
    const { [method]: candidate } = self as Record<PropertyKey, ((...args: unknown[]) => unknown) | undefined>; // it may have it
    if (candidate !== undefined) return candidate.apply(self, args);
    throw new StudiesError('MISSING_BEHAVIOUR', `There is no method "${String(method)}" to be the candidate. Correct the name.`);
  };
}
