import type { Guardrails } from '../experiment/guardrails.js';

/**
 * An experiment as it is stored: settings by operators, and times of runs.
 *
 * @publicApi
 */
export interface ExperimentRow {
  /** Stays the same for the life of the row. Other tables refer to the experiment by it. */
  readonly id: number;
  readonly name: string;
  /** 0 to 100 with at most two decimals; 0 is off. */
  readonly percentEnabled: number;
  /** The experiment is off before this time. */
  readonly startsAt: Date | null;
  /** The experiment is off from this time on. */
  readonly endsAt: Date | null;
  /**
   * Subjects that always take part while the experiment is on. Works only if the experiment knows the subjects of its calls.
   */
  readonly subjects: readonly string[];
  /** Share of calls that may differ for the candidate to be ready, above 0 and below 1. */
  readonly targetRate: number;
  /** Confidence required for readiness, 0.5 to 0.999999. */
  readonly confidence: number;
  /** Shortest time between the first run and the last for the candidate to be ready, in hours. */
  readonly minSpan: number;
  /** Fields that the comparison leaves out, such as `$.items[*].price`, in addition to those in the code. */
  readonly ignorePaths: readonly string[];
  /** Guardrails that differ from the defaults. */
  readonly guardrails: Partial<Guardrails>;
  /** Time at which a guardrail stopped it; null if it was turned on since, or never stopped. */
  readonly haltedAt: Date | null;
  readonly haltReason: string | null;
  /** Number of purges of the recorded results. Results from before the last one don't count. */
  readonly purges: number;
  /** Version of the settings. Each change increments it. */
  readonly version: number;
  readonly createdAt: Date;
  /** Time of the last change by an operator. */
  readonly updatedAt: Date;
  readonly firstRunAt: Date | null;
  readonly lastRunAt: Date | null;
  /** Time at which a running process last reported that it has the experiment. Each reports about every minute. */
  readonly seenAt: Date | null;
}

/**
 * Settings that an operator can change. Omitted ones stay as they are.
 *
 * @publicApi
 */
export interface ExperimentChange {
  readonly percentEnabled?: number | undefined;
  readonly startsAt?: Date | null | undefined;
  readonly endsAt?: Date | null | undefined;
  /** At most 1 000 subjects, of 1 to 200 characters each, and 65 535 bytes as JSON. */
  readonly subjects?: readonly string[] | undefined;
  /** Above 0 and at most 0.5, in steps of 0.000001. */
  readonly targetRate?: number | undefined;
  /** 0.5 to 0.999999, in steps of 0.000001. */
  readonly confidence?: number | undefined;
  /** 0 to 8 784, in whole hours. */
  readonly minSpan?: number | undefined;
  /** Fields that the comparison leaves out, as summaries name them: at most 200, and 65 535 bytes as JSON. */
  readonly ignorePaths?: readonly string[] | undefined;
  /** Guardrails, replaced as a whole: a limit that is omitted returns to its default. */
  readonly guardrails?: { readonly [Limit in keyof Guardrails]?: Guardrails[Limit] | undefined } | undefined;
}

/**
 * An experiment after a change.
 *
 * @publicApi
 */
export interface ChangedExperiment extends ExperimentRow {
  /**
   * True if the change is stored. `false` means: the experiment was turned off, this process already obeys, but the database
   * did not accept the change in time. It is retried until it succeeds. Everything but `percentEnabled` is then as last known.
   */
  readonly stored: boolean;
}

/**
 * Settings of operators, and whether a guardrail has stopped the experiment.
 *
 * @publicApi
 */
export type ExperimentSettings = Pick<
  ExperimentRow,
  | 'percentEnabled'
  | 'startsAt'
  | 'endsAt'
  | 'subjects'
  | 'targetRate'
  | 'confidence'
  | 'minSpan'
  | 'ignorePaths'
  | 'guardrails'
  | 'haltedAt'
  | 'haltReason'
>;

/** Default measure of readiness: fewer than one call in a thousand differs, with 95 % confidence, over a day. */
export const MEASURE = { targetRate: 0.001, confidence: 0.95, minSpan: 24 } as const;

/**
 * Times at which an experiment first and last ran, in ms since the epoch.
 *
 * @publicApi
 */
export interface RunTimes {
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

/**
 * An experiment that is to be stored.
 *
 * @publicApi
 */
export interface NewExperiment {
  readonly name: string;
  readonly percentEnabled: number;
}

/**
 * Values with which an experiment is stored first, beside its id, name, percentage and times.
 *
 * @publicApi
 */
export const NEW_EXPERIMENT = {
  ...MEASURE,
  startsAt: null,
  endsAt: null,
  subjects: [],
  ignorePaths: [],
  guardrails: {},
  haltedAt: null,
  haltReason: null,
  purges: 0,
  version: 1,
  firstRunAt: null,
  lastRunAt: null,
  seenAt: null,
} satisfies Partial<ExperimentRow>;

/** Returns a text that differs after each change of the settings and each purge. */
export function versionStamp({ version, purges }: Pick<ExperimentRow, 'version' | 'purges'>): string {
  return `${version}.${purges}`;
}
