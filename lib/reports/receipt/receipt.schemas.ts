import { z } from 'zod';
import { uncomparedShape } from './run-account.schemas.js';
import { RECEIPT_FORMAT, RECEIPT_SCHEMA_VERSION, type ExperimentReceipt, type ReceiptEpoch } from './receipt.js';

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const time = z.iso.datetime();
const state = z.enum(['collecting', 'notReady', 'noisy', 'ready']);
const counts = z.record(z.string(), count);
const outcomes = z.record(z.enum(['matched', 'mismatched', 'ignored', 'errored', 'timedOut']), count);
const interval = z.strictObject({ estimate: share, low: share, high: share }).nullable();
const percentiles = z.strictObject({ p50: z.number(), p90: z.number(), p95: z.number(), p99: z.number() }).nullable();
const covering = z.strictObject({
  distinct: z.number().min(0).describe('Number of distinct ones, estimated.'),
  effectiveRuns: z.number().min(0).describe('Number of independent runs that say as much.'),
  unseen: share.describe('Share of coming ones that were never seen.'),
});
const ratio = z.number().min(0);
const limit = z.number().nullable();

const settings = z.strictObject({
  version: z.int().min(1),
  percentEnabled: z.number().min(0).max(100),
  startsAt: time.nullable(),
  endsAt: time.nullable(),
  namedSubjects: count.describe('Number of subjects that always take part.'),
  targetRate: share,
  confidence: share,
  minSpan: count.describe('In hours.'),
  ignoredByCode: z.array(z.string()).describe('Fields left out by the code, as far as the answering process knows it.'),
  ignoredByOperators: z.array(z.string()).describe('Fields left out by an operator.'),
  guardrails: z.strictObject({ errorRate: limit, mismatchRate: limit, slowerBy: limit, blockedFor: limit }),
});

const evidence = z
  .strictObject({
    runs: count.describe('Number of runs that compared something.'),
    differing: count,
    excused: count.describe('Runs that differ only as the control differs from itself.'),
    from: time.nullable(),
    to: time.nullable(),
    inputs: covering,
    subjects: covering.nullable().describe('Null if the experiment doesn’t know its subjects.'),
  })
  .describe('Runs that the verdict rests on.');

const notObserved = z
  .strictObject({
    hoursOfWeek: z.array(z.int().min(0).max(167)).describe('UTC; 0 is Sunday 0:00 to 1:00.'),
    leftOut: z.array(z.strictObject({ why: z.string(), share })).describe('Left out for a reason that depends on the call.'),
    ...uncomparedShape,
    timedOut: count,
    unexamined: count.describe('Mismatches that were not searched for differing fields.'),
  })
  .describe('What the verdict does not rest on.');

const candidate = z.strictObject({
  name: z.string(),
  verdict: state,
  reason: z.string(),
  counts: outcomes,
  mismatchRate: interval,
  noise: z.strictObject({ runs: count, rate: interval }),
  durations: z.strictObject({ control: percentiles, candidate: percentiles }).describe('In ms.'),
  speed: z
    .strictObject({
      runs: count,
      speedup: z.strictObject({ estimate: ratio, low: ratio, high: ratio }),
      total: ratio,
      warmUp: ratio,
    })
    .nullable(),
  differences: z.array(
    z.strictObject({
      path: z.string(),
      kind: z.enum(['missing', 'extra', 'type', 'value', 'order', 'class']),
      count,
      noise: count,
      isNoise: z.boolean(),
    }),
  ),
  evidence,
  notObserved,
});

/** Schema of an epoch, in the API and in receipts. */
export const recordedEpochSchema = z.strictObject({
  number: count.min(1).describe('Send it as epoch to read its results.'),
  release: z.string().describe('Release of the application; empty if it is unknown.'),
  fingerprint: z.string().describe('Hash of the code that is compared, and of what counts as a difference.'),
  begunAt: time.describe('Time at which its first results were written.'),
  seenAt: time.describe(
    'Time at which a running process last reported that its code is this one; each reports about every minute.',
  ),
  current: z.boolean().describe('True for the epoch of the code that runs now.'),
}) satisfies z.ZodType<ReceiptEpoch>;

/** Schema of a receipt, in the API and in files. */
export const receiptSchema = z.strictObject({
  format: z.literal(RECEIPT_FORMAT),
  schemaVersion: z.literal(RECEIPT_SCHEMA_VERSION),
  libraryVersion: z.string().describe('Version of the library that made it; empty if unknown.'),
  madeAt: time,
  experiment: z.string(),
  verdict: state.describe('State of the least ready candidate.'),
  epoch: recordedEpochSchema.nullable().describe('State of the code that it is about; null if nothing was recorded.'),
  period: z.strictObject({ from: time.nullable(), to: time.nullable() }),
  runs: count,
  skipped: counts.describe('Sampled calls that ran the control alone, by reason.'),
  settings,
  candidates: z.array(candidate),
}) satisfies z.ZodType<ExperimentReceipt>;

/** Schema of what tells a receipt from other data. */
const markSchema = z.object({
  format: z.literal(RECEIPT_FORMAT),
  schemaVersion: z.int(),
  libraryVersion: z.string().catch(''),
});

/** Outcome of reading a receipt: the receipt, or what is wrong, to follow the name of its source. */
export type ReadReceipt =
  | { readonly receipt: ExperimentReceipt; readonly problem?: undefined }
  | { readonly receipt?: undefined; readonly problem: string };

/** Reads a receipt from data. */
export function readReceipt(data: unknown): ReadReceipt {
  const mark = markSchema.safeParse(data);
  if (!mark.success) return { problem: 'is no receipt of nestjs-studies' };
  const { schemaVersion, libraryVersion } = mark.data;
  if (schemaVersion !== RECEIPT_SCHEMA_VERSION) {
    const by = libraryVersion === '' ? '' : ` (of nestjs-studies ${libraryVersion})`;
    return { problem: `is a receipt of schema ${schemaVersion}${by}; this version reads schema ${RECEIPT_SCHEMA_VERSION}` };
  }
  const read = receiptSchema.safeParse(data);
  if (read.success) return { receipt: read.data };
  const [issue] = read.error.issues;
  return { problem: `is a damaged receipt: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` };
}

/** Reads a receipt from its JSON. */
export function parseReceipt(text: string): ReadReceipt {
  try {
    return readReceipt(JSON.parse(text));
  } catch {
    return { problem: 'is not JSON' };
  }
}
