import { z } from 'zod';
import { guardrailsSchema } from '../../experiment/guardrails.js';
import { nameSchema } from '../../experiment/validation.js';
import { changeSchema } from '../../operations/experiment-change.js';
import { querySchema } from '../../storage/experiment-query.js';
import type { ExperimentRow } from '../../storage/experiment-row.js';

/** A time as it is written in JSON and in addresses. */
const time = z.iso.datetime({ offset: true });
const asDate = time.transform((text) => new Date(text));

/** An experiment as the API gives it. */
export const experimentSchema = z.strictObject({
  name: nameSchema,
  percentEnabled: z.number().min(0).max(100).describe('The share of calls that run the experiment; at most two decimals.'),
  enabled: z.boolean().describe('Whether the percentage is above 0.'),
  startsAt: time.nullable().describe('Off before this time.'),
  endsAt: time.nullable().describe('Off from this time on.'),
  subjects: z.array(z.string()).describe('Always in while the experiment is on.'),
  targetRate: z.number().describe('The share of calls that may differ for the candidate to be ready.'),
  confidence: z.number().describe('How sure that must be.'),
  ignorePaths: z.array(z.string()).describe('Fields that are left out of the comparison, as summaries name them.'),
  guardrails: guardrailsSchema.describe('What stops the experiment by itself; what is not there is by default.'),
  haltedAt: time.nullable().describe('When a guardrail stopped it.'),
  haltReason: z.string().nullable().describe('Why it did.'),
  version: z.int().min(1).describe('Counts the changes; to be sent as If-Match.'),
  createdAt: time,
  updatedAt: time.describe('When an operator last changed it.'),
  firstRunAt: time.nullable(),
  lastRunAt: time.nullable(),
  seenAt: time.nullable().describe('When a running process last said that it has the experiment; each does about every minute.'),
});

/** An experiment that is off in the process that answers, which is not stored yet. */
export const turnedOffSchema = experimentSchema.extend({
  stored: z
    .literal(false)
    .describe('The process that answers obeys; it tries to store it until it can, or somebody changes the experiment.'),
});

/** A part of the list of experiments. */
export const pageSchema = z.strictObject({
  items: z.array(experimentSchema),
  nextCursor: z.string().nullable().describe('To be sent as cursor for what follows; null at the end.'),
});

/** What can be changed, and how it is sent. */
export const patchSchema = z
  .strictObject({ ...changeSchema.shape, startsAt: asDate.nullable(), endsAt: asDate.nullable() })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'must name at least one field to change');

/** What the list can be asked for, as it stands in an address. */
export const listSchema = z
  .strictObject({
    ...querySchema.shape,
    enabled: z.enum(['true', 'false']).transform((text) => text === 'true'),
    firstRunAfter: asDate,
    firstRunBefore: asDate,
    lastRunAfter: asDate,
    lastRunBefore: asDate,
    limit: z.coerce.number().int().min(1).max(1_000),
  })
  .partial();

/** What a request that is refused is told. */
export const errorSchema = z.object({
  statusCode: z.int(),
  error: z.string().optional(),
  message: z.string(),
  fields: z.array(z.object({ field: z.string(), reason: z.string() })).optional(),
});

/** Turns a stored experiment into the API's form. */
export function toResource(row: ExperimentRow): z.infer<typeof experimentSchema> {
  const { name, percentEnabled, subjects, targetRate, confidence, ignorePaths, version } = row;
  return {
    name,
    percentEnabled,
    enabled: percentEnabled > 0,
    startsAt: row.startsAt?.toISOString() ?? null,
    endsAt: row.endsAt?.toISOString() ?? null,
    subjects: [...subjects],
    targetRate,
    confidence,
    ignorePaths: [...ignorePaths],
    guardrails: { ...row.guardrails },
    haltedAt: row.haltedAt?.toISOString() ?? null,
    haltReason: row.haltReason,
    version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    firstRunAt: row.firstRunAt?.toISOString() ?? null,
    lastRunAt: row.lastRunAt?.toISOString() ?? null,
    seenAt: row.seenAt?.toISOString() ?? null,
  };
}
