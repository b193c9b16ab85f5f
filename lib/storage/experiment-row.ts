import type { Guardrails } from '../experiment/guardrails.js';

/**
 * An experiment as it is stored: what operators have set, and when it ran.
 *
 * @publicApi
 */
export interface ExperimentRow {
  /** The same for as long as the row is there; other tables name the experiment by it. */
  readonly id: number;
  readonly name: string;
  /** 0 to 100 with at most two decimals; 0 is off. */
  readonly percentEnabled: number;
  /** Off before it. */
  readonly startsAt: Date | null;
  /** Off from it on. */
  readonly endsAt: Date | null;
  /** Always in while the experiment is on, if the experiment knows the subjects of its calls. */
  readonly subjects: readonly string[];
  /** The share of calls that may differ for the candidate to be ready, above 0 and below 1. */
  readonly targetRate: number;
  /** How sure that must be, 0.5 to 0.999999. */
  readonly confidence: number;
  /** Fields that are left out of the comparison, such as `$.items[*].price`, beside those that the code names. */
  readonly ignorePaths: readonly string[];
  /** What stops the experiment by itself, where it differs from the defaults. */
  readonly guardrails: Partial<Guardrails>;
  /** When a guardrail stopped it; null if it was turned on since, or never stopped. */
  readonly haltedAt: Date | null;
  readonly haltReason: string | null;
  /** Counts how often the recorded results were purged: results of an earlier epoch don't count. */
  readonly epoch: number;
  /** Counts the changes that operators make. */
  readonly version: number;
  readonly createdAt: Date;
  /** When an operator last changed it. */
  readonly updatedAt: Date;
  readonly firstRunAt: Date | null;
  readonly lastRunAt: Date | null;
  /** When a running process last said that it has the experiment, which each does about every minute. */
  readonly seenAt: Date | null;
}

/**
 * What an operator can change; what is not given stays as it is.
 *
 * @publicApi
 */
export interface ExperimentChange {
  readonly percentEnabled?: number | undefined;
  readonly startsAt?: Date | null | undefined;
  readonly endsAt?: Date | null | undefined;
  /** At most 1 000, of 1 to 200 characters each, and 65 535 bytes as JSON. */
  readonly subjects?: readonly string[] | undefined;
  /** Above 0 and at most 0.5, in steps of 0.000001. */
  readonly targetRate?: number | undefined;
  /** 0.5 to 0.999999, in steps of 0.000001. */
  readonly confidence?: number | undefined;
  /** Fields that are left out of the comparison, as summaries name them: at most 200, and 65 535 bytes as JSON. */
  readonly ignorePaths?: readonly string[] | undefined;
  /** What stops the experiment by itself: takes the place of all that was set before, the rest is by default. */
  readonly guardrails?: { readonly [Limit in keyof Guardrails]?: Guardrails[Limit] | undefined } | undefined;
}

/**
 * An experiment after a change.
 *
 * @publicApi
 */
export interface ChangedExperiment extends ExperimentRow {
  /**
   * Whether the change is stored. `false`: the experiment was turned off, this process obeys that already, and the database could not
   * take it in time; it is tried again until it can. Everything but `percentEnabled` is then as it was last known.
   */
  readonly stored: boolean;
}

/** Everything that an operator can have set, and whether a guardrail has. */
export type ExperimentSettings = Pick<
  ExperimentRow,
  | 'percentEnabled'
  | 'startsAt'
  | 'endsAt'
  | 'subjects'
  | 'targetRate'
  | 'confidence'
  | 'ignorePaths'
  | 'guardrails'
  | 'haltedAt'
  | 'haltReason'
>;

/** What a new experiment is to be measured by: fewer than one call in a thousand differs, with 95 % confidence. */
export const MEASURE = { targetRate: 0.001, confidence: 0.95 } as const;

/** When an experiment first and last ran, in ms since the epoch. */
export interface RunTimes {
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

/** What a row of a new experiment has beside its name, its percentage and its times. */
export const NEW_EXPERIMENT = {
  ...MEASURE,
  subjects: [],
  ignorePaths: [],
  guardrails: {},
  haltedAt: null,
  haltReason: null,
  epoch: 0,
  version: 1,
};

/** What an experiment is at: another text after each change that operators make. */
export function versionStamp({ version, epoch }: Pick<ExperimentRow, 'version' | 'epoch'>): string {
  return `${version}.${epoch}`;
}
