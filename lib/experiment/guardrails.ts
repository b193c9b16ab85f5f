import { z } from 'zod';

/**
 * What stops an experiment by itself, in this process's runs of the last while. A limit that is null is none.
 *
 * @publicApi
 */
export interface Guardrails {
  /** Over how long runs are looked at, in ms, 1 000 to 3 600 000. */
  readonly window: number;
  /** How many runs in that time it takes to judge, 1 to 1 000 000. */
  readonly minRuns: number;
  /** The share of runs, 0 to 1, in which a candidate may fail or time out. */
  readonly errorRate: number | null;
  /** The share of runs, 0 to 1, in which a candidate may be mismatched. */
  readonly mismatchRate: number | null;
  /** How many times as long as the control a candidate may take, on average. */
  readonly slowerBy: number | null;
  /** How long a candidate may keep the event loop from everything else at once, in ms, on average. */
  readonly blockedFor: number | null;
}

/** What holds where nothing else is set: a candidate that only differs, or takes its time, disturbs nobody. */
export const GUARDRAILS: Guardrails = {
  window: 60_000,
  minRuns: 50,
  errorRate: 0.5,
  mismatchRate: null,
  slowerBy: null,
  blockedFor: 25,
};

/** What stops nothing. */
export const NO_GUARDRAILS = { errorRate: null, mismatchRate: null, slowerBy: null, blockedFor: null } as const;

const rate = z.number().min(0).max(1).nullable();

/** The guardrails as they are set; each that is left out is by default. */
export const guardrailsSchema = z
  .strictObject({
    window: z.int().min(1_000).max(3_600_000).describe('Over how long runs are looked at, in ms. Default: 60000.'),
    minRuns: z.int().min(1).max(1_000_000).describe('How many runs it takes to judge. Default: 50.'),
    errorRate: rate.describe('The share of runs in which a candidate may fail or time out. Default: 0.5.'),
    mismatchRate: rate.describe('The share of runs in which a candidate may be mismatched. Default: null, no limit.'),
    slowerBy: z
      .number()
      .min(1)
      .max(1_000_000)
      .nullable()
      .describe('How many times as long as the control it may take. Default: null.'),
    blockedFor: z
      .number()
      .min(0)
      .max(3_600_000)
      .nullable()
      .describe('How long a candidate may block the event loop at once, in ms, on average. Default: 25.'),
  })
  .partial();
