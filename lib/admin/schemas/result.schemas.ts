import { z } from 'zod';
import type { JsonValue } from '../../values/json-value.js';
import { epochSchema, recordedResultQuerySchema, type RecordedResult } from '../../recording/storage/recorded-result.js';
import { accountSchema } from '../../reports/receipt/run-account.schemas.js';
import type { ReceiptEpoch } from '../../reports/receipt/receipt.js';
import { describeEpoch } from '../../reports/receipt/make-receipt.js';
import { recordedEpochSchema } from '../../reports/receipt/receipt.schemas.js';
import type { ExperimentSummary } from '../../reports/summary.js';

/** A summary with its times in JSON's form. */
type SummaryResource = Omit<ExperimentSummary, 'span' | 'epoch'> & {
  readonly epoch: ReceiptEpoch | null;
  readonly span: Readonly<Record<keyof ExperimentSummary['span'], string | null>>;
};

/** A result with its time in JSON's form. */
type ResultResource = Omit<RecordedResult, 'ranAt'> & { readonly ranAt: string };

/** Schema of a count. */
export const countSchema = z.int().min(0);

/** Schema of the number of an epoch in an address. */
export const epochParameter = z.coerce
  .number()
  .pipe(epochSchema)
  .describe(epochSchema.description ?? '');

const time = z.iso.datetime();
const plain = z.custom<JsonValue>();
const kind = z.enum(['missing', 'extra', 'type', 'value', 'order', 'class']);
const outcome = z.enum(['matched', 'mismatched', 'ignored', 'errored', 'timedOut']);

const path = z.string().describe('Such as "$.items[*].price"; "$" is the value as a whole.');

/** Schema of a share with its confidence interval. */
export const intervalSchema = z
  .strictObject({ estimate: z.number(), low: z.number(), high: z.number() })
  .nullable()
  .describe('A share from 0 to 1 with its 95 % confidence interval; null without runs.');

const percentiles = z
  .strictObject({ p50: z.number(), p90: z.number(), p95: z.number(), p99: z.number() })
  .nullable()
  .describe('In ms; null without runs.');

/** Schema of skipped calls by reason. */
export const skippedSchema = z.record(z.string(), countSchema).describe('Sampled calls that ran the control alone, by reason.');

/** Schema of the number of observations by outcome. */
export const outcomesSchema = z.record(outcome, countSchema);

/** Schema of the decision whether it is safe to switch. */
export const readinessSchema = z.strictObject({
  state: z.enum(['collecting', 'notReady', 'noisy', 'ready']),
  reason: z.string().describe('A sentence or two for people.'),
  runsNeeded: countSchema
    .nullable()
    .describe('Number of further runs without a difference until it is ready; null when that can’t be predicted.'),
  inputsNeeded: countSchema.nullable().describe('Number of inputs among them that were not seen before.'),
  subjectsNeeded: countSchema.nullable().describe('Number of subjects among them that were not seen before.'),
  hoursNeeded: countSchema.nullable().describe('Number of further hours over which runs have to come.'),
});

/** Schema of the call of the control that a speedup is over. */
export const speedupOverSchema = z
  .enum(['firstCall', 'secondCall'])
  .describe('Call of the control that the speedup is over: its second one where noise is measured, which comes in random order.');

const candidateSchema = z.strictObject({
  name: z.string(),
  counts: outcomesSchema,
  account: accountSchema,
  drift: countSchema.describe(
    'Number of ignored results that are drift: called again, the control returned the candidate’s value.',
  ),
  reads: z
    .strictObject({ sameMoment: countSchema, later: countSchema })
    .nullable()
    .describe(
      'Runs in which the candidate has read at the moment of its control, and later; null unless `reads` is `sameMoment`.',
    ),
  skipped: skippedSchema,
  mismatchRate: intervalSchema,
  durations: z.strictObject({ control: percentiles, candidate: percentiles }),
  delta: z
    .strictObject({ p5: z.number(), p50: z.number(), p95: z.number() })
    .nullable()
    .describe('Time by which the candidate was faster than the control, in ms; below 0 it was slower.'),
  speedup: z
    .array(z.strictObject({ percentile: z.number(), factor: z.number() }))
    .describe('2 is twice as fast, -2 half as fast; at every 5 %.'),
  speedupOver: speedupOverSchema,
  speed: z
    .strictObject({
      runs: countSchema,
      speedup: z.strictObject({ estimate: z.number(), low: z.number(), high: z.number() }),
      total: z.number(),
      warmUp: z.number(),
    })
    .nullable()
    .describe(
      'Second call of the control divided by the candidate, in random order: 2 is twice as fast, 0.5 half as fast; the median with its ' +
        '95 % confidence interval, and the ratio of the totals. Beside it, the first call of the control divided by its second.',
    ),
  differences: z
    .array(
      z.strictObject({
        path,
        kind,
        count: countSchema.describe('Number of runs in which it differs.'),
        noise: countSchema.describe('Number of runs in which the control differed from itself here.'),
        isNoise: z.boolean().describe('True if the control differs from itself here as well.'),
        example: z.strictObject({ control: plain.exactOptional(), candidate: plain.exactOptional() }).nullable(),
      }),
    )
    .describe('Differing fields, the most frequent first.'),
  examined: countSchema.describe('Number of mismatches that were examined for differing fields.'),
  noise: z.strictObject({ runs: countSchema, rate: intervalSchema }).describe('Results of comparing the control with itself.'),
  readiness: readinessSchema,
});

/** Schema of the epochs of an experiment. */
export const epochListSchema = z.strictObject({
  items: z.array(recordedEpochSchema).describe('Those since the last purge, the newest first.'),
});

/** Schema of query parameters that name an epoch. */
export const epochQuerySchema = z.strictObject({ epoch: epochParameter.optional() });

/** Schema of a summary in the API. */
export const summarySchema = z.strictObject({
  name: z.string(),
  epoch: recordedEpochSchema.nullable().describe('State of the code that it is about; null if nothing was recorded.'),
  span: z.strictObject({ from: time.nullable(), to: time.nullable() }),
  runs: countSchema.describe('Number of calls that ran the experiment to a result.'),
  skipped: skippedSchema,
  refused: z
    .array(z.strictObject({ effect: z.string(), count: countSchema }))
    .describe('What was refused to candidates, such as `INSERT orders`, with the number of runs; the most frequent first.'),
  candidates: z.array(candidateSchema),
}) satisfies z.ZodType<SummaryResource>;

/** Schema of a recorded result in the API. */
export const resultSchema = z.strictObject({
  id: z.string(),
  candidate: z.string(),
  outcome,
  ranAt: time.describe('Start of the run.'),
  control: plain.describe('The control’s observation: value or error, and duration in ms.'),
  observed: plain.describe('The candidate’s observation.'),
  context: plain,
  differences: z
    .array(z.strictObject({ path, kind, control: plain.exactOptional(), candidate: plain.exactOptional() }))
    .describe('Differing fields.'),
  diff: plain.describe('Return value of the experiment’s own diff function; null without one.'),
}) satisfies z.ZodType<ResultResource>;

/** Schema of the progress of a purge. */
export const purgingSchema = z.strictObject({
  left: countSchema.describe('Number of rows from before the last purge that are still to be removed.'),
});

/** Schema of a page of recorded results. */
export const resultPageSchema = z.strictObject({
  items: z.array(resultSchema),
  nextCursor: z.string().nullable().describe('Send it as cursor to get the next page; null on the last page.'),
});

/** Schema of the results' query parameters. */
export const resultListSchema = z
  .strictObject({
    ...recordedResultQuerySchema.shape,
    epoch: epochParameter,
    limit: z.coerce.number().int().min(1).max(200).describe('Largest number of items. Default: 20.'),
  })
  .partial();

/** Converts a summary to the API's form. */
export function summaryResource(summary: ExperimentSummary): SummaryResource {
  const { from, to } = summary.span;
  const epoch = summary.epoch && describeEpoch(summary.epoch);
  return { ...summary, epoch, span: { from: from?.toISOString() ?? null, to: to?.toISOString() ?? null } };
}

/** Converts a recorded result to the API's form. */
export function resultResource(sample: RecordedResult): ResultResource {
  return { ...sample, ranAt: sample.ranAt.toISOString() };
}
