import type { ExperimentContext } from './experiment-context.js';
import { EqualityRules } from '../values/equality-rules.js';
import { IgnoredFields } from '../values/ignored-fields.js';
import type { ExperimentOptions } from './experiment.options.js';
import type { AnyFunction } from './option-types.js';
import { Redaction, type FindHidden } from '../values/redaction/redaction.js';
import { SharedClasses } from '../values/shared-classes.js';

/** Name of the control, unless an experiment without one names the behaviour whose value is returned. */
export const CONTROL = 'control';
/** Name of an experiment's only candidate, unless it has another. */
export const CANDIDATE = 'candidate';

/** New code that runs beside the control. */
export interface CandidateDefinition {
  readonly name: string;
  /** Context of this candidate's observation, merged over the experiment's. */
  readonly context?: ExperimentContext | undefined;
  /** Function that it calls, unless a subclass overrides it; undefined if it is not known. */
  readonly source?: AnyFunction | undefined;
  call(self: unknown, args: unknown[]): unknown;
}

/** Experiment as an application's code defines it. Its options include the module's defaults. */
export interface ExperimentDefinition {
  readonly name: string;
  readonly control: string;
  readonly candidates: readonly CandidateDefinition[];
  readonly options: ResolvedOptions;
}

/** Options that have a default. */
type Defaulted =
  | 'mode'
  | 'order'
  | 'timeout'
  | 'maxConcurrent'
  | 'percentEnabled'
  | 'raiseOnMismatch'
  | 'recheck'
  | 'noise'
  | 'isolate'
  | 'copyBudget'
  | 'compareBudget'
  | 'inTransaction'
  | 'writes'
  | 'reads'
  | 'record'
  | 'recordValues'
  | 'redactDefaults';

type ContextOption = NonNullable<ExperimentOptions['context']>;

/** Options that add to those of the module instead of replacing them. */
type Added = 'context' | 'redact' | 'ignorePaths' | 'equality' | 'share';

/** Options of an experiment, merged with the module's, with all defaults filled in. */
export type ResolvedOptions = Omit<ExperimentOptions, Added> &
  Required<Pick<ExperimentOptions, Defaulted>> & {
    /** Contexts to be merged, later ones over earlier ones. */
    readonly context: readonly ContextOption[];
    /** Redaction of values and contexts, for `toJsonValue`. */
    readonly redaction: Redaction | undefined;
    /** Fields that the code excludes from the comparison: the paths as written, and compiled. */
    readonly ignorePaths: readonly string[];
    readonly ignored: IgnoredFields | undefined;
    /** Rules of deep equality: the experiment's before the module's. */
    readonly equality: EqualityRules | undefined;
    /** Classes whose instances are not copied. */
    readonly shared: SharedClasses | undefined;
  };

/** Defaults of options. */
export const DEFAULTS = {
  mode: 'shadow',
  order: 'random',
  timeout: 10_000,
  maxConcurrent: 10,
  percentEnabled: 0,
  raiseOnMismatch: false,
  recheck: false,
  noise: 0,
  isolate: 'copy',
  copyBudget: 1,
  compareBudget: 100,
  inTransaction: 'skip',
  writes: 'refuse',
  reads: 'later',
  record: true,
  recordValues: true,
  redactDefaults: true,
} as const satisfies Required<Pick<ExperimentOptions, Defaulted>>;

/** Options, to be merged with others. The application's can also find what classes hide. */
export type OptionLayer = Omit<ExperimentOptions, 'redact'> & { readonly redact?: readonly (string | FindHidden)[] };

/** Merges options, later ones over earlier ones. An option that is `undefined` counts as omitted. */
export function resolveOptions(...layers: readonly OptionLayer[]): ResolvedOptions {
  const given = layers.flatMap((layer) => Object.entries<unknown>(layer).filter(([, value]) => value !== undefined));
  const merged = Object.fromEntries<unknown>(given) as ExperimentOptions; // entries of options
  const ignorePaths = layers.flatMap((layer) => layer.ignorePaths ?? []);
  return {
    ...DEFAULTS,
    ...merged,
    context: layers.flatMap(({ context }) => (context === undefined ? [] : [context])),
    redaction: Redaction.of(
      layers.flatMap(({ redact }) => redact ?? []),
      merged.redactDefaults ?? DEFAULTS.redactDefaults,
    ),
    ignorePaths,
    ignored: IgnoredFields.of(ignorePaths),
    equality: EqualityRules.of([...layers].reverse().flatMap(({ equality }) => equality ?? [])),
    shared: SharedClasses.of(layers.flatMap(({ share }) => share ?? [])),
  };
}
