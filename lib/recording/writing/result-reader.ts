import type { ResolvedOptions } from '../../experiment/definition.js';
import type { CandidateObservation, Observation } from '../../experiment/observation.js';
import type { ExperimentResult } from '../../experiment/result.js';
import type { ValueDifference } from '../differences/differences.js';
import { examineDifferences } from '../differences/examine.js';
import type { TallyBuffer } from './tally-buffer.js';
import type { RecordedResult } from '../storage/recorded-result.js';
import { makeRecordedResult } from './recorded-result-maker.js';
import { ResultQuota } from './result-quota.js';
import type { TimeBudget } from './time-budget.js';
import type { SkipReason } from '../../experiment/skip-reason.js';
import { EXPERIMENT_ITSELF } from '../tallies/tally-row.js';

/** What a reader may take. */
export interface ReaderLimits {
  readonly samplesPerMinute: number;
  readonly maxValueBytes: number;
}

/** Reads what is to be counted out of an experiment's results, and what is to be kept of them. */
export class ResultReader {
  private readonly quota: ResultQuota;

  constructor(
    private readonly book: TallyBuffer,
    private readonly limits: ReaderLimits,
    /** For looking for the fields that differ. */
    private readonly budget: TimeBudget,
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

  /** Looks at one candidate of a run. Gives what is to be kept of it, if it is. */
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

  /** Counts what came of comparing the control with itself. */
  repeated(control: Observation, again: CandidateObservation, options: ResolvedOptions, ignored: readonly string[]): void {
    const tally = this.book.tallyOf(EXPERIMENT_ITSELF);
    tally.observed(again);
    const differences = this.examined(control, again, options, ignored, false);
    if (differences !== undefined) tally.differed(differences, options.recordValues);
  }

  skipped(reason: SkipReason, count: number): void {
    this.book.tallyOf(EXPERIMENT_ITSELF).skip(reason, count);
  }

  /**
   * The fields in which a mismatch differs, if there is time to look for them.
   *
   * @param isKept whether it is looked for them in any case
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
