import { z } from 'zod';
import { historyQuerySchema, type ChangeRecord } from '../../operations/history/change-record.js';

/** A change with its time in JSON's form. */
type ChangeResource = Omit<ChangeRecord, 'at'> & { readonly at: string };

const settings = z.record(z.string(), z.unknown());

/** Schema of a change in the API. */
export const changeRecordSchema = z.strictObject({
  id: z.string(),
  experiment: z.string(),
  at: z.iso.datetime(),
  kind: z.enum(['changed', 'halted', 'purged', 'removed']).describe('"halted": a guardrail stopped it.'),
  actor: z.string().nullable().describe('Author, if given; null for a guardrail.'),
  before: settings.describe('The changed settings before the change.'),
  after: settings.describe('The changed settings after the change.'),
  reason: z.string().nullable().describe('Reason of a guardrail; null otherwise.'),
}) satisfies z.ZodType<ChangeResource>;

/** Schema of a page of an experiment's history. */
export const historyPageSchema = z.strictObject({
  items: z.array(changeRecordSchema),
  nextCursor: z.string().nullable().describe('Send it as cursor to get the next page; null on the last page.'),
});

/** Schema of the history's query parameters. */
export const historyListSchema = z
  .strictObject({
    ...historyQuerySchema.shape,
    limit: z.coerce.number().int().min(1).max(200).describe('Largest number of items. Default: 50.'),
  })
  .partial();

/** Converts a change to the API's form. */
export function changeResource(change: ChangeRecord): ChangeResource {
  return { ...change, at: change.at.toISOString() };
}
