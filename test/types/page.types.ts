import type { z } from 'zod';
import type { experimentSchema, pageSchema, patchSchema, turnedOffSchema } from '../../lib/admin/schemas/experiment.schemas.js';
import type { durationsSchema, figuresListSchema, timelineSchema } from '../../lib/admin/schemas/figures.schemas.js';
import type { changeRecordSchema } from '../../lib/admin/schemas/history.schemas.js';
import type { resultSchema, summarySchema } from '../../lib/admin/schemas/result.schemas.js';
import type { ChangeRecord } from '../../page/api/change.record.js';
import type { Durations } from '../../page/api/durations.js';
import type { Change, Experiment } from '../../page/api/experiment.js';
import type { Figures } from '../../page/api/figures.js';
import type { PageOf } from '../../page/api/page.of.js';
import type { Result } from '../../page/api/result.js';
import type { Summary } from '../../page/api/summary.js';
import type { Timeline } from '../../page/api/timeline.js';

/** Whether what the API gives is what the page takes, or what the page sends what the API takes. */
type Fits<From extends To, To> = [From, To];

export type Experiments = Fits<z.output<typeof experimentSchema>, Experiment>;
export type TurnedOff = Fits<z.output<typeof turnedOffSchema>, Experiment>;
export type ExperimentPages = Fits<z.output<typeof pageSchema>, PageOf<Experiment>>;
export type Changes = Fits<z.output<typeof changeRecordSchema>, ChangeRecord>;
export type Summaries = Fits<z.output<typeof summarySchema>, Summary>;
export type Results = Fits<z.output<typeof resultSchema>, Result>;
export type FiguresLists = Fits<z.output<typeof figuresListSchema>, { readonly items: readonly Figures[] }>;
export type Timelines = Fits<z.output<typeof timelineSchema>, Timeline>;
export type DurationLists = Fits<z.output<typeof durationsSchema>, Durations>;
export type Patches = Fits<Mutable<Change>, z.input<typeof patchSchema>>;

/** The page's lists are read-only, and the schemas' are not. */
type Mutable<Value> = Value extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : Value extends object
    ? { -readonly [Key in keyof Value]: Mutable<Value[Key]> }
    : Value;
