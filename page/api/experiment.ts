/** An experiment as the API gives it; times are ISO 8601. */
export interface Experiment {
  readonly name: string;
  readonly percentEnabled: number;
  readonly enabled: boolean;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  readonly subjects: readonly string[];
  readonly targetRate: number;
  readonly confidence: number;
  readonly ignorePaths: readonly string[];
  readonly guardrails: SomeGuardrails;
  readonly haltedAt: string | null;
  readonly haltReason: string | null;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly firstRunAt: string | null;
  readonly lastRunAt: string | null;
  /** When a running process last said that it has the experiment. */
  readonly seenAt: string | null;
  /** There, and false, when it was turned off and the database could not take that yet. */
  readonly stored?: false;
}

/** What stops an experiment by itself: times in ms, rates from 0 to 1, null for no limit. */
export interface Guardrails {
  readonly errorRate: number | null;
  readonly mismatchRate: number | null;
  readonly slowerBy: number | null;
  readonly blockedFor: number | null;
}

/** Those that are set; the others are by default. */
export type SomeGuardrails = { readonly [Limit in keyof Guardrails]?: Guardrails[Limit] | undefined };

/** What holds where nothing else is set. */
export const DEFAULT_GUARDRAILS: Guardrails = {
  errorRate: 0.5,
  mismatchRate: null,
  slowerBy: null,
  blockedFor: 25,
};

/** What an operator can set. */
export type Settings = Pick<
  Experiment,
  'percentEnabled' | 'startsAt' | 'endsAt' | 'subjects' | 'targetRate' | 'confidence' | 'ignorePaths' | 'guardrails'
>;

/** What is to be changed; the rest stays as it is. */
export type Change = Partial<Settings>;
