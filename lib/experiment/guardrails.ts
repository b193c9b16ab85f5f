import { z } from 'zod';

/**
 * Limits that stop an experiment automatically. Each candidate is judged by its runs since the experiment's settings were last changed, and
 * stopped when they exceed a limit by more than chance explains. Null means no limit.
 *
 * @publicApi
 */
export interface Guardrails {
  /** Share of runs, 0 to 1, in which a candidate may fail or time out. */
  readonly errorRate: number | null;
  /** Share of runs, 0 to 1, in which a candidate may be mismatched. */
  readonly mismatchRate: number | null;
  /** Ratio, to the control's duration, that a candidate's duration may exceed in half of its runs. */
  readonly slowerBy: number | null;
  /** Average time, in ms, that a run may block the event loop. */
  readonly blockedFor: number | null;
}

/** Guardrails by default. They have no limit for candidates that only differ, or are slow, because these disturb nobody. */
export const GUARDRAILS: Guardrails = {
  errorRate: 0.5,
  mismatchRate: null,
  slowerBy: null,
  blockedFor: 25,
};

/** Guardrails without any limit. */
export const NO_GUARDRAILS = { errorRate: null, mismatchRate: null, slowerBy: null, blockedFor: null } as const;

const rate = z.number().min(0).max(1).nullable();

/** Schema of guardrails. Those that are omitted have their defaults. */
export const guardrailsSchema = z
  .strictObject({
    errorRate: rate.describe('Share of runs, 0 to 1, in which a candidate may fail or time out. Default: 0.5.'),
    mismatchRate: rate.describe('Share of runs, 0 to 1, in which a candidate may be mismatched. Default: null, no limit.'),
    slowerBy: z
      .number()
      .min(1)
      .max(1_000_000)
      .nullable()
      .describe("Ratio, to the control's duration, that a candidate may exceed in half of its runs. Default: null."),
    blockedFor: z
      .number()
      .min(0)
      .max(3_600_000)
      .nullable()
      .describe('Average time, in ms, that a run may block the event loop. Default: 25.'),
  })
  .partial();
