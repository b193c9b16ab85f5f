import { z } from 'zod';
import type { JsonValue } from '../../values/json-value.js';
import { recordedResultQuerySchema, type RecordedResult } from '../../recording/storage/recorded-result.js';
import type { ExperimentSummary } from '../../reports/summary.js';

/** A summary with its times as JSON has them. */
type SummaryResource = Omit<ExperimentSummary, 'span'> & {
  readonly span: Readonly<Record<keyof ExperimentSummary['span'], string | null>>;
};

/** A result with its time as JSON has it. */
type ResultResource = Omit<RecordedResult, 'ranAt'> & { readonly ranAt: string };

/** How many there are of something. */
export const countSchema = z.int().min(0);

const time = z.iso.datetime();
const plain = z.custom<JsonValue>();
const kind = z.enum(['missing', 'extra', 'type', 'value', 'order']);
const outcome = z.enum(['matched', 'mismatched', 'ignored', 'errored', 'timedOut']);

const path = z.string().describe('Such as "$.items[*].price"; "$" is the value as a whole.');

/** A share and how well it is known. */
export const intervalSchema = z
  .strictObject({ estimate: z.number(), low: z.number(), high: z.number() })
  .nullable()
  .describe('A share from 0 to 1 with its 95 % confidence interval; null without runs.');

const percentiles = z
  .strictObject({ p50: z.number(), p90: z.number(), p95: z.number(), p99: z.number() })
  .nullable()
  .describe('In ms; null without runs.');

/** Skips by reason. */
export const skippedSchema = z.record(z.string(), countSchema).describe('The drawn calls that ran the control alone, by reason.');

/** How often each outcome was observed. */
export const outcomesSchema = z.record(outcome, countSchema);

/** Whether it is safe to switch. */
export const readinessSchema = z.strictObject({
  state: z.enum(['collecting', 'notReady', 'ready']),
  reason: z.string().describe('A sentence for people.'),
  runsNeeded: countSchema
    .nullable()
    .describe('How many more runs without a difference make it ready; null when it can’t be said.'),
});

const candidateSchema = z.strictObject({
  name: z.string(),
  counts: outcomesSchema,
  drift: countSchema.describe(
    'How many of those that are ignored are drift: asked again, the control gave the candidate’s value.',
  ),
  skipped: skippedSchema,
  mismatchRate: intervalSchema,
  durations: z.strictObject({ control: percentiles, candidate: percentiles }),
  delta: z
    .strictObject({ p5: z.number(), p50: z.number(), p95: z.number() })
    .nullable()
    .describe('How much sooner the candidate was there than the control, in ms; below 0 it was later.'),
  speedup: z
    .array(z.strictObject({ percentile: z.number(), factor: z.number() }))
    .describe('2 is twice as fast, -2 half as fast; at every 5 %.'),
  differences: z
    .array(
      z.strictObject({
        path,
        kind,
        count: countSchema.describe('In how many runs.'),
        noise: countSchema.describe('In how many of the runs in which the control was compared with itself.'),
        isNoise: z.boolean().describe('Whether it differs no more often than the control does from itself.'),
        example: z.strictObject({ control: plain.exactOptional(), candidate: plain.exactOptional() }).nullable(),
      }),
    )
    .describe('The fields that differ, the most frequent first.'),
  examined: countSchema.describe('In how many of the mismatches it was looked for the fields that differ.'),
  noise: z.strictObject({ runs: countSchema, rate: intervalSchema }).describe('What came of comparing the control with itself.'),
  readiness: readinessSchema,
});

/** A summary as the API gives it. */
export const summarySchema = z.strictObject({
  name: z.string(),
  span: z.strictObject({ from: time.nullable(), to: time.nullable() }),
  runs: countSchema.describe('How many calls ran the experiment to a result.'),
  skipped: skippedSchema,
  candidates: z.array(candidateSchema),
}) satisfies z.ZodType<SummaryResource>;

/** A result as the API gives it. */
export const resultSchema = z.strictObject({
  id: z.string(),
  candidate: z.string(),
  outcome,
  ranAt: time.describe('When the run began.'),
  control: plain.describe('What the control did: value or error, and duration in ms.'),
  observed: plain.describe('What the candidate did.'),
  context: plain,
  differences: z
    .array(z.strictObject({ path, kind, control: plain.exactOptional(), candidate: plain.exactOptional() }))
    .describe('The fields that differ.'),
  diff: plain.describe('What the experiment’s own diff made of the two; null without.'),
}) satisfies z.ZodType<ResultResource>;

/** How far the removal of what was purged has come. */
export const purgingSchema = z.strictObject({
  left: countSchema.describe('How many rows of what was recorded before the last purge are still to be removed.'),
});

/** A part of the results that are kept. */
export const resultPageSchema = z.strictObject({
  items: z.array(resultSchema),
  nextCursor: z.string().nullable().describe('To be sent as cursor for what follows; null at the end.'),
});

/** What results can be asked for, as it stands in an address. */
export const resultListSchema = z
  .strictObject({
    ...recordedResultQuerySchema.shape,
    limit: z.coerce.number().int().min(1).max(200).describe('How many to give at the most. Default: 20.'),
  })
  .partial();

/** Turns a summary into the API's form. */
export function summaryResource(summary: ExperimentSummary): SummaryResource {
  const { from, to } = summary.span;
  return { ...summary, span: { from: from?.toISOString() ?? null, to: to?.toISOString() ?? null } };
}

/** Turns a kept result into the API's form. */
export function resultResource(sample: RecordedResult): ResultResource {
  return { ...sample, ranAt: sample.ranAt.toISOString() };
}
