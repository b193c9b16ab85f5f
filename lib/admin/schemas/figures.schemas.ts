import { z } from 'zod';
import type { Durations } from '../../reports/durations.js';
import type { Figures } from '../../reports/figures.js';
import { SPANS, type Span, type Timeline } from '../../reports/timeline.js';
import { countSchema, intervalSchema, outcomesSchema, readinessSchema, skippedSchema } from './result.schemas.js';

/** Figures with their time as JSON has it. */
type FiguresResource = Omit<Figures, 'lastHour'> & {
  readonly lastHour: Omit<Figures['lastHour'], 'startsAt'> & { readonly startsAt: string };
};

/** A timeline with its times as JSON has them. */
type TimelineResource = Omit<Timeline, 'points'> & {
  readonly points: readonly (Omit<Timeline['points'][number], 'at'> & { readonly at: string })[];
};

const time = z.iso.datetime();
const spans = Object.keys(SPANS) as [Span, ...Span[]]; // its own
const perMinute = z.array(countSchema).length(60);

/** A few figures of an experiment as the API gives them. */
export const figuresSchema = z.strictObject({
  name: z.string(),
  running: z.boolean().describe('Whether a running process has the experiment: one has said so in the last three minutes.'),
  runs: countSchema.describe('How many calls ran the experiment to a result.'),
  candidates: z.array(
    z.strictObject({
      name: z.string(),
      runs: countSchema,
      mismatchRate: intervalSchema,
      speedup: z.number().nullable().describe('At the median: 2 is twice as fast, -2 half as fast; null without runs.'),
      readiness: readinessSchema,
    }),
  ),
  lastHour: z.strictObject({
    startsAt: time,
    step: z.int().describe('How long a minute is, in ms.'),
    runs: perMinute,
    differing: perMinute.describe('In how many of them a candidate differed: of several, the one that did most often.'),
  }),
}) satisfies z.ZodType<FiguresResource>;

/** The figures of several experiments. */
export const figuresListSchema = z.strictObject({
  items: z.array(figuresSchema).describe('In the order of the names; names that there are not are left out.'),
});

/** Which experiments' figures are asked for, as it stands in an address. */
export const figuresQuerySchema = z.strictObject({
  name: z.preprocess(listOf, z.array(z.string()).min(1).max(50)),
});

/** What came of an experiment in the course of time, as the API gives it. */
export const timelineSchema = z.strictObject({
  name: z.string(),
  span: z.enum(spans),
  step: z.int().describe('How long the periods are, in ms.'),
  points: z
    .array(
      z.strictObject({
        at: time,
        skipped: skippedSchema,
        candidates: z.array(z.strictObject({ name: z.string(), counts: outcomesSchema, mismatchRate: intervalSchema })),
      }),
    )
    .describe('The periods in which something was counted, the oldest first.'),
}) satisfies z.ZodType<TimelineResource>;

/** Which timeline is asked for, as it stands in an address. */
export const timelineQuerySchema = z.strictObject({
  span: z
    .enum(spans)
    .optional()
    .describe('An hour by minutes, a day or a week by hours, or a quarter by days, up to now. Default: hour.'),
});

const distribution = z
  .strictObject({
    count: countSchema,
    p50: z.number(),
    p95: z.number(),
    p99: z.number(),
    bins: z
      .array(z.strictObject({ from: z.number(), to: z.number(), count: countSchema }))
      .describe('Above "from", up to "to"; ascending, those with nothing in them left out, equally wide on a logarithmic axis.'),
  })
  .nullable()
  .describe('In ms; null without runs.');

/** How long behaviours took, as the API gives it. */
export const durationsSchema = z.strictObject({
  name: z.string(),
  candidates: z.array(z.strictObject({ name: z.string(), control: distribution, candidate: distribution })),
}) satisfies z.ZodType<Durations>;

/** Turns figures into the API's form. */
export function figuresResource({ lastHour, ...figures }: Figures): FiguresResource {
  return { ...figures, lastHour: { ...lastHour, startsAt: lastHour.startsAt.toISOString() } };
}

/** Turns a timeline into the API's form. */
export function timelineResource({ points, ...timeline }: Timeline): TimelineResource {
  return { ...timeline, points: points.map((point) => ({ ...point, at: point.at.toISOString() })) };
}

/** What is given several times in an address: one text, a list, or, by parsers that make none of that length, an object. */
function listOf(value: unknown): unknown {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value) : value;
}
