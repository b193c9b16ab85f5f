import type { ResolvedOptions } from '../experiment/definition.js';
import type { CandidateObservation, Observation } from '../experiment/observation.js';
import type { ExperimentResult } from '../experiment/result.js';
import type { SkipReason } from '../experiment/run.recorder.js';
import type { Difference } from './differences/differences.js';
import { differencesOf } from './differences/examine.js';
import { EXPERIMENT_ITSELF, type ExperimentBook } from './experiment.book.js';
import type { Sample } from './sample.js';
import { sampleOf } from './sample.maker.js';
import { SampleQuota } from './sample.quota.js';
import { TimeBudget } from './time.budget.js';

/** ms of each second in which it is looked for the fields that differ, for each experiment. */
const EXAMINING = 50;

/** What a reader may take. */
export interface ReaderLimits {
  readonly samplesPerMinute: number;
  readonly maxValueBytes: number;
}

/** Reads what is to be counted out of an experiment's results, and what is to be kept of them. */
export class ResultReader {
  private readonly quota: SampleQuota;
  private readonly budget = new TimeBudget(EXAMINING);

  constructor(
    private readonly book: ExperimentBook,
    private readonly limits: ReaderLimits,
  ) {
    this.quota = new SampleQuota(limits.samplesPerMinute);
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
  look(result: ExperimentResult, candidate: CandidateObservation, options: ResolvedOptions, now: number): Sample | undefined {
    const { recordValues } = options;
    const isKept = this.quota.takes(candidate.outcome, now);
    const differences = this.examined(result.control, candidate, isKept);
    if (differences !== undefined) this.book.tallyOf(candidate.name).differed(differences, recordValues);
    return isKept ? sampleOf(result, candidate, differences ?? [], { ...this.limits, recordValues }) : undefined;
  }

  /** Counts what came of comparing the control with itself. */
  repeated(control: Observation, again: CandidateObservation, { recordValues }: ResolvedOptions): void {
    const tally = this.book.tallyOf(EXPERIMENT_ITSELF);
    tally.observed(again);
    const differences = this.examined(control, again, false);
    if (differences !== undefined) tally.differed(differences, recordValues);
  }

  skipped(reason: SkipReason): void {
    this.book.tallyOf(EXPERIMENT_ITSELF).skip(reason);
  }

  /**
   * The fields in which a mismatch differs, if there is time to look for them.
   *
   * @param isKept whether it is looked for them in any case
   */
  private examined(control: Observation, candidate: CandidateObservation, isKept: boolean): readonly Difference[] | undefined {
    if (candidate.outcome !== 'mismatched') return undefined;
    const examine = () => differencesOf(control, candidate);
    return isKept ? examine() : this.budget.spend(examine);
  }
}
