import { z } from 'zod';
import type { Durations } from '../../reports/durations.js';
import type { Figures } from '../../reports/figures.js';
import { SPANS, type Span, type Timeline } from '../../reports/timeline.js';
import {
  countSchema,
  epochParameter,
  intervalSchema,
  outcomesSchema,
  readinessSchema,
  skippedSchema,
  speedupOverSchema,
} from './result.schemas.js';

/** Figures with their time in JSON's form. */
type FiguresResource = Omit<Figures, 'lastHour'> & {
  readonly lastHour: Omit<Figures['lastHour'], 'startsAt'> & { readonly startsAt: string };
};

/** A timeline with its times in JSON's form. */
type TimelineResource = Omit<Timeline, 'points'> & {
  readonly points: readonly (Omit<Timeline['points'][number], 'at'> & { readonly at: string })[];
};

const time = z.iso.datetime();
const spans = Object.keys(SPANS) as [Span, ...Span[]]; // keys of SPANS
const perMinute = z.array(countSchema).length(60);

/** Schema of an experiment's key figures in the API. */
export const figuresSchema = z.strictObject({
  name: z.string(),
  running: z.boolean().describe('True if a running process has the experiment: one has reported it in the last three minutes.'),
  runs: countSchema.describe('Number of calls that ran the experiment to a result.'),
  candidates: z.array(
    z.strictObject({
      name: z.string(),
      runs: countSchema,
      mismatchRate: intervalSchema,
      speedup: z.number().nullable().describe('Speedup at the median: 2 is twice as fast, -2 half as fast; null without runs.'),
      speedupOver: speedupOverSchema,
      readiness: readinessSchema,
    }),
  ),
  lastHour: z.strictObject({
    startsAt: time,
    step: z.int().describe('Length of a minute, in ms.'),
    runs: perMinute,
    differing: perMinute.describe('Differing runs by minute, of the candidate that differed most often.'),
  }),
}) satisfies z.ZodType<FiguresResource>;

/** Schema of the key figures of several experiments. */
export const figuresListSchema = z.strictObject({
  items: z.array(figuresSchema).describe('In the order of the names; unknown names are left out.'),
});

/** Schema of the figures' query parameters. */
export const figuresQuerySchema = z
  .strictObject({
    name: z.preprocess(listOf, z.array(z.string()).min(1).max(50)),
    epoch: epochParameter.optional(),
  })
  .refine(({ name, epoch }) => epoch === undefined || name.length === 1, {
    path: ['epoch'],
    error: 'must be sent with one name only',
  });

/** Schema of a timeline in the API. */
export const timelineSchema = z.strictObject({
  name: z.string(),
  span: z.enum(spans),
  step: z.int().describe('Length of the periods, in ms.'),
  points: z
    .array(
      z.strictObject({
        at: time,
        skipped: skippedSchema,
        candidates: z.array(z.strictObject({ name: z.string(), counts: outcomesSchema, mismatchRate: intervalSchema })),
      }),
    )
    .describe('Periods with counts, the oldest first.'),
}) satisfies z.ZodType<TimelineResource>;

/** Schema of the timeline's query parameters. */
export const timelineQuerySchema = z.strictObject({
  span: z
    .enum(spans)
    .optional()
    .describe('An hour by minutes, a day or a week by hours, or a quarter by days, up to now. Default: hour.'),
  epoch: epochParameter.optional().describe('Number of the only epoch that is meant. Default: all since the last purge.'),
});

const distribution = z
  .strictObject({
    count: countSchema,
    p50: z.number(),
    p95: z.number(),
    p99: z.number(),
    bins: z
      .array(z.strictObject({ from: z.number(), to: z.number(), count: countSchema }))
      .describe('Values above "from", up to "to"; ascending, without empty bins, equally wide on a logarithmic axis.'),
  })
  .nullable()
  .describe('In ms; null without runs.');

/** Schema of durations in the API. */
export const durationsSchema = z.strictObject({
  name: z.string(),
  candidates: z.array(z.strictObject({ name: z.string(), control: distribution, candidate: distribution })),
}) satisfies z.ZodType<Durations>;

/** Converts figures to the API's form. */
export function figuresResource({ lastHour, ...figures }: Figures): FiguresResource {
  return { ...figures, lastHour: { ...lastHour, startsAt: lastHour.startsAt.toISOString() } };
}

/** Converts a timeline to the API's form. */
export function timelineResource({ points, ...timeline }: Timeline): TimelineResource {
  return { ...timeline, points: points.map((point) => ({ ...point, at: point.at.toISOString() })) };
}

/**
 * Converts a repeated query parameter to a list. Parsers return one text, a list, or, if they limit the length of lists, an
 * object.
 */
function listOf(value: unknown): unknown {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value) : value;
}
