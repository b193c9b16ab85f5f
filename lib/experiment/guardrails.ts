import { z } from 'zod';

/**
 * What stops an experiment by itself: each candidate is judged by its runs since the experiment's settings were last changed, and stopped
 * when they are beyond a limit by more than chance explains. A limit that is null is none.
 *
 * @publicApi
 */
export interface Guardrails {
  /** The share of runs, 0 to 1, in which a candidate may fail or time out. */
  readonly errorRate: number | null;
  /** The share of runs, 0 to 1, in which a candidate may be mismatched. */
  readonly mismatchRate: number | null;
  /** How many times as long as the control a candidate may take, in half of its runs. */
  readonly slowerBy: number | null;
  /** How long a run may block the event loop, in ms, on average. */
  readonly blockedFor: number | null;
}

/** What holds where nothing else is set: a candidate that only differs, or takes its time, disturbs nobody. */
export const GUARDRAILS: Guardrails = {
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
    errorRate: rate.describe('The share of runs in which a candidate may fail or time out. Default: 0.5.'),
    mismatchRate: rate.describe('The share of runs in which a candidate may be mismatched. Default: null, no limit.'),
    slowerBy: z
      .number()
      .min(1)
      .max(1_000_000)
      .nullable()
      .describe('How many times as long as the control it may take, in half of its runs. Default: null.'),
    blockedFor: z
      .number()
      .min(0)
      .max(3_600_000)
      .nullable()
      .describe('How long a run may block the event loop, in ms, on average. Default: 25.'),
  })
  .partial();
