import { z } from 'zod';
import { SORTABLE_ID } from '../../base/sortable-id.js';
import type { ExperimentRow, ExperimentSettings } from '../../storage/experiment-row.js';

/**
 * Author of a change, and the version that it is made for.
 *
 * @publicApi
 */
export interface ChangeOptions {
  /** Version that the change is made for. Without it, the change is made regardless of what others have changed. */
  readonly version?: number | undefined;
  /** Author, for the history. At most 200 characters are kept. */
  readonly actor?: string | null | undefined;
}

/**
 * The settings that a change has touched, as JSON holds them: times as ISO 8601.
 *
 * @publicApi
 */
export type ChangedSettings = Readonly<Record<string, unknown>>;

/**
 * One change of an experiment, as the history keeps it.
 *
 * @publicApi
 */
export interface ChangeRecord {
  readonly id: string;
  readonly experiment: string;
  readonly at: Date;
  /** Kind of the change: settings changed, stopped by a guardrail, results purged, or the experiment removed. */
  readonly kind: 'changed' | 'halted' | 'purged' | 'removed';
  /** Author, if given; null for a guardrail. */
  readonly actor: string | null;
  /** The changed settings, before and after. */
  readonly before: ChangedSettings;
  readonly after: ChangedSettings;
  /** Reason of a guardrail; null otherwise. */
  readonly reason: string | null;
}

/** Schema of a query for the history. */
export const historyQuerySchema = z
  .strictObject({
    limit: z.int().min(1).max(200).describe('Largest number of items. Default: 50.'),
    cursor: z
      .string()
      .regex(SORTABLE_ID, 'must be the nextCursor of a previous page')
      .describe('Start of the page: the nextCursor of the previous one.'),
  })
  .partial();

/**
 * Selection of changes; the newest come first.
 *
 * @publicApi
 */
export interface HistoryQuery {
  /**
   * The most changes to give, 1 to 200.
   *
   * @default 50
   */
  limit?: number | undefined;

  /** The `nextCursor` of the page before. */
  cursor?: string | undefined;
}

/**
 * A page of an experiment's history.
 *
 * @publicApi
 */
export interface HistoryPage {
  readonly items: readonly ChangeRecord[];
  /** Pass it as `cursor` to get the next page; null on the last page. */
  readonly nextCursor: string | null;
}

/** Returns the settings that differ between two rows, before and after. */
export function changedSettings(
  before: ExperimentRow,
  after: ExperimentSettings,
): { before: ChangedSettings; after: ChangedSettings } {
  const keys = (Object.keys(after) as (keyof ExperimentSettings)[]).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  const of = (row: ExperimentSettings): ChangedSettings =>
    JSON.parse(JSON.stringify(Object.fromEntries(keys.map((key) => [key, row[key]])))) as ChangedSettings; // plain data with these keys
  return { before: of(before), after: of(after) };
}
