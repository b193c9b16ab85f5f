import { z } from 'zod';
import { SORTABLE_ID } from '../../base/sortable-id.js';
import type { ExperimentRow, ExperimentSettings } from '../../storage/experiment-row.js';

/**
 * Who makes a change, and for which version.
 *
 * @publicApi
 */
export interface ChangeOptions {
  /** The version that the change is made for; without it, the change is made whatever others have changed. */
  readonly version?: number | undefined;
  /** Who makes it, for the history; at most 200 characters are kept. */
  readonly actor?: string | null | undefined;
}

/** The settings that a change has touched, as JSON holds them: times as ISO 8601. */
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
  /** What was done: settings changed, stopped by a guardrail, results purged, or the experiment removed. */
  readonly kind: 'changed' | 'halted' | 'purged' | 'removed';
  /** Who did it, as far as it was said; null for a guardrail. */
  readonly actor: string | null;
  /** What the settings that changed were before, and after. */
  readonly before: ChangedSettings;
  readonly after: ChangedSettings;
  /** Why, where a guardrail did it. */
  readonly reason: string | null;
}

/** What the history can be asked for. */
export const historyQuerySchema = z
  .strictObject({
    limit: z.int().min(1).max(200).describe('How many to give at the most. Default: 50.'),
    cursor: z
      .string()
      .regex(SORTABLE_ID, 'must be the nextCursor of a page before')
      .describe('Where to go on: the nextCursor of the page before.'),
  })
  .partial();

/**
 * Which changes to give; the newest come first.
 *
 * @publicApi
 */
export type HistoryQuery = z.input<typeof historyQuerySchema>;

/**
 * A part of an experiment's history.
 *
 * @publicApi
 */
export interface HistoryPage {
  readonly items: readonly ChangeRecord[];
  /** To be given as `cursor` for what follows; null at the end. */
  readonly nextCursor: string | null;
}

/** The settings in which two rows differ, as they are before and after. */
export function changedSettings(
  before: ExperimentRow,
  after: ExperimentSettings,
): { before: ChangedSettings; after: ChangedSettings } {
  const keys = (Object.keys(after) as (keyof ExperimentSettings)[]).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  const of = (row: ExperimentSettings): ChangedSettings =>
    JSON.parse(JSON.stringify(Object.fromEntries(keys.map((key) => [key, row[key]])))) as ChangedSettings; // of these keys
  return { before: of(before), after: of(after) };
}
