import { z } from 'zod';
import type { Outcome } from '../../experiment/observation.js';
import type { JsonValue } from '../../values/json-value.js';
import { nameSchema } from '../../experiment/validation.js';
import type { ValueDifference } from '../differences/differences.js';
import { SORTABLE_ID } from '../../base/sortable-id.js';

/**
 * One candidate's result in one run, as it is kept to be looked at. Values are cleaned, and cut where they are too large.
 *
 * @publicApi
 */
export interface RecordedResult {
  readonly id: string;
  readonly candidate: string;
  readonly outcome: Outcome;
  /** When the run began. */
  readonly ranAt: Date;
  /** What the control did: value or error, and duration in ms. */
  readonly control: JsonValue;
  /** What the candidate did. */
  readonly observed: JsonValue;
  readonly context: JsonValue;
  /** The fields that differ. */
  readonly differences: readonly ValueDifference[];
  /** What the experiment's own `diff` made of the two; null without. */
  readonly diff: JsonValue;
}

/** What results can be asked for. */
export const recordedResultQuerySchema = z
  .strictObject({
    outcome: z.enum(['matched', 'mismatched', 'ignored', 'errored', 'timedOut']).describe('Only those with this outcome.'),
    candidate: nameSchema.describe('Only those of this candidate.'),
    limit: z.int().min(1).max(200).describe('How many to give at the most. Default: 20.'),
    cursor: z
      .string()
      .regex(SORTABLE_ID, 'must be the nextCursor of a page before')
      .describe('Where to go on: the nextCursor of the page before.'),
  })
  .partial();

/**
 * Which results to give; the newest come first.
 *
 * @publicApi
 */
export type RecordedResultQuery = z.input<typeof recordedResultQuerySchema>;

/**
 * A part of the results that are kept.
 *
 * @publicApi
 */
export interface RecordedResultPage {
  readonly items: readonly RecordedResult[];
  /** To be given as `cursor` for what follows; null at the end. */
  readonly nextCursor: string | null;
}
