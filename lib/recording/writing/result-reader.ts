import type { ResolvedOptions } from '../../experiment/definition.js';
import type { CandidateObservation, Observation } from '../../experiment/observation.js';
import type { OrderedRun } from '../../experiment/ordered-run.js';
import type { ExperimentResult } from '../../experiment/result.js';
import type { MatchedRun } from '../../experiment/run-recorder.js';
import type { ValueDifference } from '../differences/differences.js';
import { examineDifferences } from '../differences/examine-differences.js';
import { keyHash } from '../evidence/keyed-hash.js';
import type { TallyBuffer } from './tally-buffer.js';
import type { RecordedResult } from '../storage/recorded-result.js';
import { makeRecordedResult } from './recorded-result-maker.js';
import { ResultQuota } from './result-quota.js';
import type { TimeBudget } from './time-budget.js';
import type { SkipReason } from '../../experiment/skip-reason.js';
import { EXPERIMENT_ITSELF } from '../tallies/tally-row.js';

/** Limits of what a reader keeps. */
export interface ReaderLimits {
  readonly samplesPerMinute: number;
  readonly maxValueBytes: number;
}

/** Extracts from an experiment's results the counts, and the results to keep. */
export class ResultReader {
  private readonly quota: ResultQuota;

  constructor(
    private readonly book: TallyBuffer,
    private readonly limits: ReaderLimits,
    /** Time budget for examining differing fields. */
    private readonly budget: TimeBudget,
    /** Key of the hashes of inputs and subjects. */
    private readonly key: number,
  ) {
    this.quota = new ResultQuota(limits.samplesPerMinute);
  }

  /** Counts a run. */
  count({ startedAt, control, candidates }: ExperimentResult): void {
    const time = startedAt.getTime();
    this.book.tallyOf(EXPERIMENT_ITSELF).ran(time);
    for (const candidate of candidates) {
      const tally = this.book.tallyOf(candidate.name);
      tally.ran(time);
      tally.observed(candidate);
      tally.measured(control, candidate);
    }
  }

  /** Counts a run that matched, unless its result is due to be kept. Returns whether it was counted. */
  countMatched({ startedAt, control, candidates }: MatchedRun, now: number): boolean {
    if (this.quota.isOpen('matched', now)) return false;
    this.book.tallyOf(EXPERIMENT_ITSELF).ran(startedAt);
    for (const [name, { duration }] of candidates) {
      const tally = this.book.tallyOf(name);
      tally.ran(startedAt);
      tally.matched(control.duration, duration);
    }
    return true;
  }

  /**
   * Examines one candidate of a run.
   *
   * @returns the result to keep, if it is to be kept
   */
  look(
    result: ExperimentResult,
    candidate: CandidateObservation,
    options: ResolvedOptions,
    ignored: readonly string[],
    now: number,
  ): RecordedResult | undefined {
    const { recordValues } = options;
    const isKept = this.quota.takes(candidate.outcome, now);
    const differences = this.examined(result.control, candidate, options, ignored, isKept);
    if (differences !== undefined) this.book.tallyOf(candidate.name).differed(differences, recordValues);
    return isKept ? makeRecordedResult(result, candidate, differences ?? [], { ...this.limits, recordValues }) : undefined;
  }

  /** Counts the result of comparing the control with itself. */
  repeated(control: Observation, again: CandidateObservation, options: ResolvedOptions, ignored: readonly string[]): void {
    const tally = this.book.tallyOf(EXPERIMENT_ITSELF);
    tally.observed(again);
    const differences = this.examined(control, again, options, ignored, false);
    if (differences !== undefined) tally.differed(differences, options.recordValues);
  }

  /** Counts what a run shows of its candidates. */
  proved({ startedAt, input, subject, isForAll, findings }: OrderedRun): void {
    const keyedInput = keyHash(input, this.key);
    const keyedSubject = subject === undefined ? undefined : keyHash(subject, this.key);
    for (const { candidate, finding } of findings) {
      const run = { startedAt, isForAll, input: keyedInput, subject: keyedSubject, finding };
      this.book.tallyOf(candidate).evidence.observe(run);
    }
  }

  skipped(reason: SkipReason, count: number): void {
    this.book.tallyOf(EXPERIMENT_ITSELF).skip(reason, count);
  }

  /**
   * Examines a mismatch for its differing fields, if there is time left in the budget.
   *
   * @param isKept whether to examine it even without time left
   */
  private examined(
    control: Observation,
    candidate: CandidateObservation,
    options: ResolvedOptions,
    ignored: readonly string[],
    isKept: boolean,
  ): readonly ValueDifference[] | undefined {
    if (candidate.outcome !== 'mismatched') return undefined;
    const paths = [...options.ignorePaths, ...ignored];
    const examine = () => examineDifferences(control, candidate, options, paths);
    return isKept ? this.budget.charge(examine) : this.budget.spend(examine);
  }
}
