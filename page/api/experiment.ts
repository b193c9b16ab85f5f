/** An experiment as the API returns it; times are ISO 8601. */
export interface Experiment {
  readonly name: string;
  readonly percentEnabled: number;
  readonly enabled: boolean;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  readonly subjects: readonly string[];
  readonly targetRate: number;
  readonly confidence: number;
  /** Shortest time between the first run and the last, in hours. */
  readonly minSpan: number;
  readonly ignorePaths: readonly string[];
  readonly guardrails: SomeGuardrails;
  readonly haltedAt: string | null;
  readonly haltReason: string | null;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly firstRunAt: string | null;
  readonly lastRunAt: string | null;
  /** Time at which a running process last reported that it has the experiment. */
  readonly seenAt: string | null;
  /** Present, and false, if the experiment was turned off and the database could not store that yet. */
  readonly stored?: false;
}

/** Limits that stop an experiment: times in ms, rates from 0 to 1, null for no limit. */
export interface Guardrails {
  readonly errorRate: number | null;
  readonly mismatchRate: number | null;
  readonly slowerBy: number | null;
  readonly blockedFor: number | null;
}

/** Guardrails that are set; the others have their defaults. */
export type SomeGuardrails = { readonly [Limit in keyof Guardrails]?: Guardrails[Limit] | undefined };

/** Limits that apply by default. */
export const DEFAULT_GUARDRAILS: Guardrails = {
  errorRate: 0.5,
  mismatchRate: null,
  slowerBy: null,
  blockedFor: 25,
};

/** Settings of an experiment. */
export type Settings = Pick<
  Experiment,
  'percentEnabled' | 'startsAt' | 'endsAt' | 'subjects' | 'targetRate' | 'confidence' | 'minSpan' | 'ignorePaths' | 'guardrails'
>;

/** Settings to change; the others stay as they are. */
export type Change = Partial<Settings>;
