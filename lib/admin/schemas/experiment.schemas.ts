import { z } from 'zod';
import { guardrailsSchema } from '../../experiment/guardrails.js';
import { nameSchema } from '../../experiment/validation.js';
import { changeSchema } from '../../operations/experiment-change.js';
import { querySchema } from '../../storage/experiment-query.js';
import type { ExperimentRow } from '../../storage/experiment-row.js';

/** A time in JSON and in addresses. */
const time = z.iso.datetime({ offset: true });
const asDate = time.transform((text) => new Date(text));

/** Schema of an experiment in the API. */
export const experimentSchema = z.strictObject({
  name: nameSchema,
  percentEnabled: z.number().min(0).max(100).describe('Percentage of calls that run the experiment; at most two decimals.'),
  enabled: z.boolean().describe('True if the percentage is above 0.'),
  startsAt: time.nullable().describe('Off before this time.'),
  endsAt: time.nullable().describe('Off from this time on.'),
  subjects: z.array(z.string()).describe('Subjects that always take part while the experiment is on.'),
  targetRate: z.number().describe('Share of calls that may differ for the candidate to be ready.'),
  confidence: z.number().describe('Confidence required for that.'),
  minSpan: z.int().describe('Shortest time between the first run and the last for that, in hours.'),
  ignorePaths: z.array(z.string()).describe('Fields that the comparison leaves out, as summaries name them.'),
  guardrails: guardrailsSchema.describe('Guardrails; omitted limits have their defaults.'),
  haltedAt: time.nullable().describe('Time at which a guardrail stopped it.'),
  haltReason: z.string().nullable().describe('Reason of the guardrail.'),
  version: z.int().min(1).describe('Version, which each change increments; send it as If-Match.'),
  createdAt: time,
  updatedAt: time.describe('Time of the last change by an operator.'),
  firstRunAt: time.nullable(),
  lastRunAt: time.nullable(),
  seenAt: time
    .nullable()
    .describe('Time at which a running process last reported that it has the experiment; each reports about every minute.'),
});

/** Schema of an experiment that is off in the answering process, before that is stored. */
export const turnedOffSchema = experimentSchema.extend({
  stored: z
    .literal(false)
    .describe('The answering process obeys. It retries storing until it succeeds, or somebody changes the experiment.'),
});

/** Schema of a page of experiments. */
export const pageSchema = z.strictObject({
  items: z.array(experimentSchema),
  nextCursor: z.string().nullable().describe('Send it as cursor to get the next page; null on the last page.'),
});

/** Schema of a change, as it is sent. */
export const patchSchema = z
  .strictObject({ ...changeSchema.shape, startsAt: asDate.nullable(), endsAt: asDate.nullable() })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'must name at least one field to change');

/** Schema of the list's query parameters. */
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

/** Schema of the body of a refusal. */
export const errorSchema = z.object({
  statusCode: z.int(),
  error: z.string().optional(),
  message: z.string(),
  fields: z.array(z.object({ field: z.string(), reason: z.string() })).optional(),
});

/** Converts a stored experiment to the API's form. */
export function toResource(row: ExperimentRow): z.infer<typeof experimentSchema> {
  const { name, percentEnabled, subjects, targetRate, confidence, minSpan, ignorePaths, version } = row;
  return {
    name,
    percentEnabled,
    enabled: percentEnabled > 0,
    startsAt: row.startsAt?.toISOString() ?? null,
    endsAt: row.endsAt?.toISOString() ?? null,
    subjects: [...subjects],
    targetRate,
    confidence,
    minSpan,
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
