import { z } from 'zod';
import type { Outcome } from '../../experiment/observation.js';
import type { JsonValue } from '../../values/json-value.js';
import { nameSchema } from '../../experiment/validation.js';
import type { ValueDifference } from '../differences/differences.js';
import { SORTABLE_ID } from '../../base/sortable-id.js';

/**
 * One candidate's result in one run, as kept for inspection. Values are cleaned, and cut if they are too large.
 *
 * @publicApi
 */
export interface RecordedResult {
  readonly id: string;
  readonly candidate: string;
  readonly outcome: Outcome;
  /** Start of the run. */
  readonly ranAt: Date;
  /** The control's observation: value or error, and duration in ms. */
  readonly control: JsonValue;
  /** The candidate's observation. */
  readonly observed: JsonValue;
  readonly context: JsonValue;
  /** The fields that differ. */
  readonly differences: readonly ValueDifference[];
  /** Return value of the experiment's own `diff` function; null without one. */
  readonly diff: JsonValue;
}

/** Schema of the number of an epoch. */
export const epochSchema = z.int().min(1).max(2_147_483_647).describe('Number of the epoch. Default: the current one.');

/** Schema of the query parameters for recorded results. */
export const recordedResultQuerySchema = z
  .strictObject({
    outcome: z.enum(['matched', 'mismatched', 'ignored', 'errored', 'timedOut']).describe('Only those with this outcome.'),
    candidate: nameSchema.describe('Only those of this candidate.'),
    epoch: epochSchema,
    limit: z.int().min(1).max(200).describe('Largest number of items. Default: 20.'),
    cursor: z
      .string()
      .regex(SORTABLE_ID, 'must be the nextCursor of a previous page')
      .describe('Start of the page: the nextCursor of the previous one.'),
  })
  .partial();

/**
 * Selection of recorded results; the newest come first.
 *
 * @publicApi
 */
export interface RecordedResultQuery {
  /** Only results with this outcome. */
  outcome?: Outcome | undefined;

  /** Only results of this candidate. */
  candidate?: string | undefined;

  /**
   * Number of the epoch, as `ExperimentService.epochs()` names it.
   *
   * @default the current one
   */
  epoch?: number | undefined;

  /**
   * The most results to give, 1 to 200.
   *
   * @default 20
   */
  limit?: number | undefined;

  /** The `nextCursor` of the page before. */
  cursor?: string | undefined;
}

/**
 * A page of recorded results.
 *
 * @publicApi
 */
export interface RecordedResultPage {
  readonly items: readonly RecordedResult[];
  /** Pass it as `cursor` to get the next page; null on the last page. */
  readonly nextCursor: string | null;
}
