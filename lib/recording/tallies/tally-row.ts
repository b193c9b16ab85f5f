import type { TallyContent } from './tally.js';
import type { TallyTier } from './tier.js';
import type { ExperimentEpoch } from '../recorded.js';
import type { OutcomeCounts } from './outcomes.js';
import type { RunCounts } from '../../experiment/admission/guardrail-watch.js';

/** Name under which an experiment's own tally is kept, beside its candidates'. */
export const EXPERIMENT_ITSELF = '';

/** Writer number of periods that combine all writers. */
export const ALL_WRITERS = 0;

/** Everything that one writer has counted in one period. */
export interface TallyRow extends ExperimentEpoch {
  readonly tier: TallyTier;
  /** Start of the period, in ms since the epoch; 0 for the total. */
  readonly startsAt: number;
  /** `''` for the experiment itself. */
  readonly candidate: string;
  readonly writer: number;
  readonly content: TallyContent;
}

/** All periods of one tier of a candidate, or of an experiment itself. */
export interface TallySeries extends ExperimentEpoch {
  readonly tier: TallyTier;
  readonly candidate: string;
}

/** Measured part of a tally, beside its counts. */
export type TallyPart = 'control' | 'candidate' | 'delta' | 'speedup' | 'differences';

/** Counts of all writers in one period. */
export interface PeriodCounts extends ExperimentEpoch {
  readonly startsAt: number;
  /** `''` for the experiment itself. */
  readonly candidate: string;
  readonly runs: number;
  readonly counts: OutcomeCounts;
  /** Number of rows that hold these counts. */
  readonly rows: number;
}

/** Selection of periods, and the length by which they are grouped. */
export interface PeriodSelection {
  /** Earliest start of a period, inclusive. */
  readonly from: number;
  /** Latest start of a period, exclusive. */
  readonly before?: number;
  /** Length of a group, in ms. Periods in the same group are counted as one, which begins at the start of the group. */
  readonly length?: number;
}

/** Number of runs of an experiment in one period. */
export interface PeriodRuns {
  readonly experimentId: number;
  readonly startsAt: number;
  readonly runs: number;
  /** Number of differing runs of the candidate that differed most often. */
  readonly differing: number;
}

/** The calls that an experiment has skipped in one period, by reason. */
export interface PeriodSkips {
  readonly startsAt: number;
  readonly skipped: Readonly<Record<string, number>>;
}

/** Query for the counts of other writers about an experiment. */
export interface OtherWritersQuery extends ExperimentEpoch {
  /** Earliest start of a minute, inclusive. */
  readonly from: number;
  /** Rows are fresh if their first run began at this time or later. */
  readonly since: number;
}

/** Counts of all writers but one, of a candidate in one minute. */
export interface OtherWritersCounts extends ExperimentEpoch {
  readonly startsAt: number;
  readonly candidate: string;
  readonly all: RunCounts;
  readonly fresh: RunCounts;
}
