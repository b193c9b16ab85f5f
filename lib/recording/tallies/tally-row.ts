import type { TallyContent } from './tally.js';
import type { TallyTier } from './period-tier.js';
import type { ExperimentEpoch } from '../recorded.js';
import type { OutcomeCounts } from './outcomes.js';
import type { RunCounts } from '../../experiment/guardrails/guardrail-watch.js';

/** Name under which an experiment's own tally is kept, beside its candidates'. */
export const EXPERIMENT_ITSELF = '';

/** Writer number of periods that combine all writers. */
export const ALL_WRITERS = 0;

/**
 * Counts of one period by one writer.
 *
 * @publicApi
 */
export interface TallyRow extends ExperimentEpoch {
  readonly tier: TallyTier;
  /** Start of the period, in ms since the epoch; 0 for the total. */
  readonly startsAt: number;
  /** `''` for the experiment itself. */
  readonly candidate: string;
  /** 0 for a period that was made of those of all writers. */
  readonly writer: number;
  readonly content: TallyContent;
}

/**
 * The periods of one length of a candidate, or of an experiment itself.
 *
 * @publicApi
 */
export interface TallySeries extends ExperimentEpoch {
  readonly tier: TallyTier;
  /** `''` for the experiment itself. */
  readonly candidate: string;
}

/**
 * Name of a measured part of a tally.
 *
 * @publicApi
 */
export type TallyPart = 'control' | 'candidate' | 'delta' | 'speedup' | 'differences' | 'evidence';

/**
 * Counts of one period by all writers together.
 *
 * @publicApi
 */
export interface PeriodCounts extends ExperimentEpoch {
  readonly startsAt: number;
  /** `''` for the experiment itself. */
  readonly candidate: string;
  readonly runs: number;
  readonly counts: OutcomeCounts;
  /** Number of rows that were added up. */
  readonly rows: number;
}

/**
 * Filter for periods by their start. Times are in ms since the epoch.
 *
 * @publicApi
 */
export interface PeriodSelection {
  /** Earliest start. */
  readonly from: number;
  /** Only periods that start before this time; by default, all. */
  readonly before?: number;
  /**
   * Length in ms of longer periods, which start at its multiples: all periods that start within one are added up as one. By default, none
   * are.
   */
  readonly length?: number;
}

/**
 * Number of an experiment's runs in one period.
 *
 * @publicApi
 */
export interface PeriodRuns {
  readonly experimentId: number;
  readonly startsAt: number;
  /** Runs of the experiment itself, whose candidate is `''`. */
  readonly runs: number;
  /** Runs in which a candidate was mismatched, errored or timed out; of several candidates, the one with the most. */
  readonly differing: number;
}

/**
 * Skipped calls of an epoch in one period, by reason.
 *
 * @publicApi
 */
export interface PeriodSkips extends ExperimentEpoch {
  readonly startsAt: number;
  readonly skipped: Readonly<Record<string, number>>;
}

/**
 * Names an experiment whose counts by other writers are asked for.
 *
 * @publicApi
 */
export interface OtherWritersQuery extends ExperimentEpoch {
  /** Earliest start of a minute, in ms since the epoch. */
  readonly from: number;
  /** Rows whose `firstAt` is at this time or later are fresh, in ms since the epoch. */
  readonly since: number;
}

/**
 * Counts of a candidate in one minute by all writers but one.
 *
 * @publicApi
 */
export interface OtherWritersCounts extends ExperimentEpoch {
  readonly startsAt: number;
  readonly candidate: string;
  /** Counts of all rows. */
  readonly all: RunCounts;
  /** Counts of fresh rows. */
  readonly fresh: RunCounts;
}
