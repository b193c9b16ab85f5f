import type { ExperimentDeclaration } from '../declaration.js';
import { CONTROL, resolveOptions, type CandidateDefinition, type ExperimentDefinition } from '../definition.js';
import { StudiesError } from '../../base/errors.js';
import type { Control, ExperimentRun } from './experiment-run.js';
import type { ExperimentRunner } from './experiment-runner.js';
import { Hidden } from '../../base/hidden.js';
import type { ExperimentOptions } from '../experiment.options.js';
import type { Sampler } from '../admission/sampler.js';

/** A decorated method's experiment in one application. */
export class DeclaredExperiment extends Hidden {
  /** The runner's: it is asked at every call. */
  private readonly sampler: Sampler;
  private hasSubject = false;
  /** The application's; undefined until it is known how the application runs its experiments. */
  private defaults: readonly ExperimentOptions[] | undefined;
  private others: readonly CandidateDefinition[] | undefined;
  private definition: ExperimentDefinition | undefined;

  constructor(
    readonly declaration: ExperimentDeclaration,
    private readonly runner: ExperimentRunner,
  ) {
    super();
    this.sampler = runner.sampler;
  }

  /** Fixes how it runs: its own options over the application's, its own candidates and those from elsewhere. */
  define(defaults: readonly ExperimentOptions[], others: readonly CandidateDefinition[] | undefined): void {
    const { subject, percentEnabled } = resolveOptions(...defaults, this.declaration.options);
    this.hasSubject = subject !== undefined;
    this.runner.percentEnabled = percentEnabled;
    this.defaults = defaults;
    this.others = others;
    this.definition = undefined;
  }

  /** Whether this call is in, as far as that can be said without asking whom it is for. To be asked once a call, before `prepare`. */
  mayDraw(): boolean {
    return this.sampler.mayDraw(this.hasSubject);
  }

  /** Decides whether a call that is drawn runs the experiment; asked only for such. Never throws. */
  prepare(control: Control, self: unknown, args: unknown[]): ExperimentRun | undefined {
    const { defaults } = this;
    if (defaults === undefined) return undefined;
    return this.runner.prepare((this.definition ??= this.made(defaults)), control, self, args, !this.hasSubject);
  }

  /** Made at the first call that is drawn: most of thousands of experiments are off. */
  private made(defaults: readonly ExperimentOptions[]): ExperimentDefinition {
    const { declaration, others = [] } = this;
    const own = Array.from(declaration.candidates, ([name, method]) => ({ name, call: makeCaller(method) }));
    return {
      name: declaration.name,
      control: CONTROL,
      candidates: [...own, ...others],
      options: resolveOptions(...defaults, declaration.options),
    };
  }
}

/** Looks the method up at each call, so that a subclass can override a candidate. */
function makeCaller(method: PropertyKey): CandidateDefinition['call'] {
  return (self, args) => {
    const { [method]: candidate } = self as Record<PropertyKey, ((...args: unknown[]) => unknown) | undefined>; // it may have it
    if (candidate !== undefined) return candidate.apply(self, args);
    throw new StudiesError('MISSING_BEHAVIOUR', `There is no method "${String(method)}" to be the candidate. Correct the name.`);
  };
}
