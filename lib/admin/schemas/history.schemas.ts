import { z } from 'zod';
import { historyQuerySchema, type ChangeRecord } from '../../operations/history/change-record.js';

/** A change with its time as JSON has it. */
type ChangeResource = Omit<ChangeRecord, 'at'> & { readonly at: string };

const settings = z.record(z.string(), z.unknown());

/** A change as the API gives it. */
export const changeRecordSchema = z.strictObject({
  id: z.string(),
  experiment: z.string(),
  at: z.iso.datetime(),
  kind: z.enum(['changed', 'halted', 'purged', 'removed']).describe('"halted": a guardrail stopped it.'),
  actor: z.string().nullable().describe('Who did it, as far as it was said; null for a guardrail.'),
  before: settings.describe('What the settings that changed were before.'),
  after: settings.describe('What they were after.'),
  reason: z.string().nullable().describe('Why, where a guardrail did it.'),
}) satisfies z.ZodType<ChangeResource>;

/** A part of an experiment's history. */
export const historyPageSchema = z.strictObject({
  items: z.array(changeRecordSchema),
  nextCursor: z.string().nullable().describe('To be sent as cursor for what follows; null at the end.'),
});

/** What the history can be asked for, as it stands in an address. */
export const historyListSchema = z
  .strictObject({
    ...historyQuerySchema.shape,
    limit: z.coerce.number().int().min(1).max(200).describe('How many to give at the most. Default: 50.'),
  })
  .partial();

/** Turns a change into the API's form. */
export function changeResource(change: ChangeRecord): ChangeResource {
  return { ...change, at: change.at.toISOString() };
}
