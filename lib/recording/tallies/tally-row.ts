import type { TallyContent } from './tally.js';
import type { TallyTier } from './tier.js';
import type { ExperimentEpoch } from '../recorded.js';
import type { OutcomeCounts } from './outcomes.js';
import type { RunCounts } from '../../experiment/admission/guardrail-watch.js';

/** Under which name an experiment's own tally is kept, beside its candidates'. */
export const EXPERIMENT_ITSELF = '';

/** Under which number periods are kept that were made of those of all writers. */
export const ALL_WRITERS = 0;

/** What was counted in one period: by one writer, all that it has counted there. */
export interface TallyRow extends ExperimentEpoch {
  readonly tier: TallyTier;
  /** When the period begins, in ms since the epoch; 0 for the total. */
  readonly startsAt: number;
  /** `''` for the experiment itself. */
  readonly candidate: string;
  readonly writer: number;
  readonly content: TallyContent;
}

/** The periods of one length of a candidate, or of an experiment itself. */
export interface TallySeries extends ExperimentEpoch {
  readonly tier: TallyTier;
  readonly candidate: string;
}

/** What was measured of a candidate, beside what was counted. */
export type TallyPart = 'control' | 'candidate' | 'delta' | 'speedup' | 'differences';

/** What was counted in one period by all writers together. */
export interface PeriodCounts extends ExperimentEpoch {
  readonly startsAt: number;
  /** `''` for the experiment itself. */
  readonly candidate: string;
  readonly runs: number;
  readonly counts: OutcomeCounts;
  /** In how many rows it is kept. */
  readonly rows: number;
}

/** Which periods are meant, and how they are told apart. */
export interface PeriodSelection {
  /** Those that begin at this time or later. */
  readonly from: number;
  /** Those that begin before this time. */
  readonly before?: number;
  /** Those that begin in the same stretch of this length are counted as one, which begins with it, in ms. */
  readonly length?: number;
}

/** How many runs of an experiment there were in one period. */
export interface PeriodRuns {
  readonly experimentId: number;
  readonly startsAt: number;
  readonly runs: number;
  /** In how many of them a candidate differed: of several, the one that did most often. */
  readonly differing: number;
}

/** The calls that an experiment has skipped in one period, by reason. */
export interface PeriodSkips {
  readonly startsAt: number;
  readonly skipped: Readonly<Record<string, number>>;
}

/** Of whose runs what other writers have counted is asked for. */
export interface OtherWritersQuery extends ExperimentEpoch {
  /** In minutes that begin at this time or later. */
  readonly from: number;
  /** What is fresh: what is in rows whose first run began at this time or later. */
  readonly since: number;
}

/** What writers other than one have counted of a candidate in one minute. */
export interface OtherWritersCounts extends ExperimentEpoch {
  readonly startsAt: number;
  readonly candidate: string;
  readonly all: RunCounts;
  readonly fresh: RunCounts;
}
