import type { ExperimentContext } from './experiment-context.js';
import { IgnoredFields } from '../values/ignored-fields.js';
import type { ExperimentOptions } from './experiment.options.js';
import { Redaction } from '../values/redaction.js';

/** The name of the control, unless an experiment without one names the behaviour whose value is returned. */
export const CONTROL = 'control';
/** The name of an experiment's one candidate, unless it has another. */
export const CANDIDATE = 'candidate';

/** New code to be run beside the control. */
export interface CandidateDefinition {
  readonly name: string;
  /** Merged over the experiment's context on this candidate's observation. */
  readonly context?: ExperimentContext | undefined;
  call(self: unknown, args: unknown[]): unknown;
}

/** An experiment as the code of an application defines it: its options with the module's defaults merged in. */
export interface ExperimentDefinition {
  readonly name: string;
  readonly control: string;
  readonly candidates: readonly CandidateDefinition[];
  readonly options: ResolvedOptions;
}

/** Options that have no meaning when they are missing. */
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
  | 'record'
  | 'recordValues';

type ContextOption = NonNullable<ExperimentOptions['context']>;

/** Options that add to those of the module, and don't replace them. */
type Added = 'context' | 'redact' | 'ignorePaths';

export type ResolvedOptions = Omit<ExperimentOptions, Added> &
  Required<Pick<ExperimentOptions, Defaulted>> & {
    /** To be merged, later ones over earlier ones. */
    readonly context: readonly ContextOption[];
    /** What is not to be told, for `toJsonValue`. */
    readonly redaction: Redaction | undefined;
    /** What the code leaves out of the comparison, as it is written, and as it is used. */
    readonly ignorePaths: readonly string[];
    readonly ignored: IgnoredFields | undefined;
  };

const DEFAULTS = {
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
  record: true,
  recordValues: true,
} as const satisfies Required<Pick<ExperimentOptions, Defaulted>>;

/** Merges options, later ones over earlier ones; an option that is `undefined` is not given. */
export function resolveOptions(...layers: readonly ExperimentOptions[]): ResolvedOptions {
  const given = layers.flatMap((layer) => Object.entries(layer).filter(([, value]) => value !== undefined));
  const merged = Object.fromEntries<unknown>(given) as ExperimentOptions; // entries of options
  const ignorePaths = layers.flatMap((layer) => layer.ignorePaths ?? []);
  return {
    ...DEFAULTS,
    ...merged,
    context: layers.flatMap(({ context }) => (context === undefined ? [] : [context])),
    redaction: Redaction.of(layers.flatMap(({ redact }) => redact ?? [])),
    ignorePaths,
    ignored: IgnoredFields.of(ignorePaths),
  };
}
