import type { Outcome } from '../../experiment/observation.js';
import type { Guardrails } from '../../experiment/guardrails.js';
import type { FieldDifference } from '../../recording/differences/field-difference.js';
import type { RateInterval } from '../statistics/interval.js';
import type { ReadinessState } from '../statistics/measured.js';
import type { Speed } from '../statistics/speed.js';
import type { RecordedEpoch } from '../recorded-epoch.js';
import type { RunAccount } from '../run-account.js';
import type { ControlNoise, Percentiles } from '../summary.js';

/** Mark of a receipt, by which a file is recognized. */
export const RECEIPT_FORMAT = 'nestjs-studies/receipt';

/** Version of the receipt's schema. It changes whenever a receipt of before can't be read any more. */
export const RECEIPT_SCHEMA_VERSION = 1;

/**
 * Document of what is known of an experiment, and of what isn't: the verdict, what it rests on, and what was not observed. It holds no
 * recorded values. Times are ISO 8601; rates are shares from 0 to 1; durations are in ms.
 *
 * @publicApi
 */
export interface ExperimentReceipt {
  readonly format: 'nestjs-studies/receipt';
  /** Version of the receipt's schema. */
  readonly schemaVersion: 1;
  /** Version of the library that made it; empty if that is unknown. */
  readonly libraryVersion: string;
  readonly madeAt: string;
  readonly experiment: string;
  /** State of the least ready candidate; `collecting` without candidates. */
  readonly verdict: ReadinessState;
  /** State of the code that it is about; null if nothing was recorded. */
  readonly epoch: ReceiptEpoch | null;
  /** Start of the first and of the last run; null without runs. */
  readonly period: { readonly from: string | null; readonly to: string | null };
  /** Number of calls that ran the experiment to a result. */
  readonly runs: number;
  /** Sampled calls that ran the control alone, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly settings: ReceiptSettings;
  readonly candidates: readonly CandidateReceipt[];
}

/**
 * A state of the code, as in `RecordedEpoch`.
 *
 * @publicApi
 */
export interface ReceiptEpoch extends Omit<RecordedEpoch, 'begunAt' | 'seenAt'> {
  readonly begunAt: string;
  readonly seenAt: string;
}

/**
 * Settings at the time of a receipt.
 *
 * @publicApi
 */
export interface ReceiptSettings {
  /** Version of the settings. Each change increments it. */
  readonly version: number;
  readonly percentEnabled: number;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  /** Number of subjects that always take part. */
  readonly namedSubjects: number;
  readonly targetRate: number;
  readonly confidence: number;
  readonly minSpan: number;
  /** Fields that the comparison leaves out because of the code, as far as the answering process knows it. */
  readonly ignoredByCode: readonly string[];
  /** Fields that the comparison leaves out because of an operator. */
  readonly ignoredByOperators: readonly string[];
  readonly guardrails: Guardrails;
}

/**
 * What is known of one candidate, and what isn't.
 *
 * @publicApi
 */
export interface CandidateReceipt {
  readonly name: string;
  readonly verdict: ReadinessState;
  /** Sentence or two that explain the verdict. */
  readonly reason: string;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** Share of runs that were mismatched, errored or timed out, with its 95 % confidence interval; null without runs. */
  readonly mismatchRate: RateInterval | null;
  readonly noise: ControlNoise;
  readonly durations: { readonly control: Percentiles | null; readonly candidate: Percentiles | null };
  /** Speed beside the control's second call; null if noise is not measured, or nothing long enough was. */
  readonly speed: Speed | null;
  /** Differing fields, the most frequent first. */
  readonly differences: readonly Omit<FieldDifference, 'example'>[];
  readonly evidence: ReceiptEvidence;
  readonly notObserved: NotObserved;
}

/**
 * Runs that a verdict rests on, and how much they cover.
 *
 * @publicApi
 */
export interface ReceiptEvidence {
  /** Number of runs that compared something. */
  readonly runs: number;
  /** Number of those in which the candidate differed, and not only as the control differs from itself. */
  readonly differing: number;
  /** Number of those in which it differed only as the control differs from itself, so that something could hide in that. */
  readonly excused: number;
  /** Start of the first and of the last of them; null without one. */
  readonly from: string | null;
  readonly to: string | null;
  readonly inputs: Covering;
  /** Null if the experiment doesn't know its subjects. */
  readonly subjects: Covering | null;
}

/**
 * How much of the inputs, or of the subjects, was seen. Numbers are estimates.
 *
 * @publicApi
 */
export interface Covering {
  /** Number of distinct ones. */
  readonly distinct: number;
  /** Number of independent runs that say as much. */
  readonly effectiveRuns: number;
  /** Share of coming ones that were never seen. */
  readonly unseen: number;
}

/**
 * What a verdict doesn't rest on: runs that are no evidence, and times without any.
 *
 * @publicApi
 */
export interface NotObserved extends Omit<RunAccount, 'compared'> {
  /** Hours of the week (UTC; 0 is Sunday 0:00 to 1:00) in which no run was evidence. */
  readonly hoursOfWeek: readonly number[];
  /** Calls that were left out for a reason that depends on the call, as shares, the most frequent first. */
  readonly leftOut: readonly { readonly why: string; readonly share: number }[];
  /** Runs in which the candidate gave no answer in time, so that its value is unknown. They count as differences. */
  readonly timedOut: number;
  /** Mismatches that were not searched for the fields in which they differ. */
  readonly unexamined: number;
}
