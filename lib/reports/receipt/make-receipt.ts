import { GUARDRAILS } from '../../experiment/guardrails.js';
import type { Coverage } from '../../recording/evidence/coverage-sketch.js';
import { Tally } from '../../recording/tallies/tally.js';
import { EXPERIMENT_ITSELF } from '../../recording/tallies/tally-row.js';
import type { ExperimentRow } from '../../storage/experiment-row.js';
import { shareLeftOut } from '../left-out-shares.js';
import type { MeasuredExperiment } from '../measured-experiment.js';
import type { RecordedEpoch } from '../recorded-epoch.js';
import { worstState } from '../statistics/worst-state.js';
import type { CandidateSummary } from '../summary.js';
import {
  RECEIPT_FORMAT,
  RECEIPT_SCHEMA_VERSION,
  type CandidateReceipt,
  type Covering,
  type ExperimentReceipt,
  type NotObserved,
  type ReceiptEpoch,
  type ReceiptEvidence,
  type ReceiptSettings,
} from './receipt.js';

/** Makes the receipt of an experiment. */
export function makeReceipt(measured: MeasuredExperiment, libraryVersion: string, madeAt: Date): ExperimentReceipt {
  const { row, tallies, summary, ignoredByCode } = measured;
  const itself = tallies.get(EXPERIMENT_ITSELF) ?? new Tally();
  const { name, epoch, span, runs, skipped, candidates } = summary;
  return {
    format: RECEIPT_FORMAT,
    schemaVersion: RECEIPT_SCHEMA_VERSION,
    libraryVersion,
    madeAt: madeAt.toISOString(),
    experiment: name,
    verdict: worstState(candidates.map(({ readiness }) => readiness.state)),
    epoch: epoch && describeEpoch(epoch),
    period: { from: timeText(span.from), to: timeText(span.to) },
    runs,
    skipped,
    settings: describeSettings(row, ignoredByCode),
    candidates: candidates.map((candidate) => candidateReceipt(candidate, tallies.get(candidate.name) ?? new Tally(), itself)),
  };
}

/** Converts an epoch to JSON's form. */
export function describeEpoch(epoch: RecordedEpoch): ReceiptEpoch {
  return { ...epoch, begunAt: epoch.begunAt.toISOString(), seenAt: epoch.seenAt.toISOString() };
}

function describeSettings(row: ExperimentRow, ignoredByCode: readonly string[]): ReceiptSettings {
  const { version, percentEnabled, startsAt, endsAt, targetRate, confidence, minSpan } = row;
  return {
    version,
    percentEnabled,
    startsAt: timeText(startsAt),
    endsAt: timeText(endsAt),
    namedSubjects: row.subjects.length,
    targetRate,
    confidence,
    minSpan,
    ignoredByCode,
    ignoredByOperators: row.ignorePaths,
    guardrails: { ...GUARDRAILS, ...row.guardrails },
  };
}

function candidateReceipt(summary: CandidateSummary, tally: Tally, itself: Tally): CandidateReceipt {
  const { name, readiness, counts, mismatchRate, noise, durations, speed } = summary;
  return {
    name,
    verdict: readiness.state,
    reason: readiness.reason,
    counts,
    mismatchRate,
    noise,
    durations,
    speed,
    differences: summary.differences.map(({ example: _, ...difference }) => difference),
    evidence: describeEvidence(tally),
    notObserved: describeNotObserved(summary, tally, itself),
  };
}

function describeEvidence({ evidence }: Tally): ReceiptEvidence {
  const { runs, differing, excused, firstAt, lastAt, inputCoverage, subjectCoverage } = evidence;
  return {
    runs,
    differing,
    excused,
    from: timeText(firstAt),
    to: timeText(lastAt),
    inputs: describeCoverage(inputCoverage),
    subjects: subjectCoverage === undefined ? null : describeCoverage(subjectCoverage),
  };
}

function describeCoverage({ distinct, effectiveRuns, unseen }: Coverage): Covering {
  return { distinct: Math.round(distinct), effectiveRuns: Math.round(effectiveRuns), unseen };
}

function describeNotObserved({ counts, examined, account }: CandidateSummary, tally: Tally, itself: Tally): NotObserved {
  const { compared: _, ...uncompared } = account;
  return {
    hoursOfWeek: tally.evidence.unseenHours,
    leftOut: shareLeftOut(tally, itself),
    ...uncompared,
    timedOut: counts.timedOut,
    unexamined: Math.max(counts.mismatched - examined, 0),
  };
}

function timeText(time: Date | number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
