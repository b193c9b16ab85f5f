import type { Steps } from '../../base/steps.js';
import type { ResolvedOptions } from '../../experiment/definition.js';
import type { CandidateObservation, Observation } from '../../experiment/observation.js';
import type { OrderedRun, UncountedReason } from '../../experiment/ordered-run.js';
import type { ExperimentResult } from '../../experiment/result.js';
import type { MatchedRun, RepeatedRun, RunPurpose } from '../../experiment/ports/run-recorder.js';
import { examineDifferences, type Examined } from '../differences/examine-differences.js';
import type { Likeness } from '../evidence/field-noise.js';
import { KnownNoise } from '../evidence/known-noise.js';
import { PairCounts } from '../evidence/pair-counts.js';
import { PairedSpeed } from '../evidence/paired-speed.js';
import { SaltedHash } from '../evidence/keyed-hash.js';
import type { Allowance } from './allowance.js';
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

/** Limits that all experiments of a process share. */
export interface SharedLimits {
  /** Time for examining differing fields. */
  readonly budget: TimeBudget;
  /** Runs that may wait for the salt of their epoch. */
  readonly early: Allowance;
}

/** Instructions for looking at a run. */
export interface Looking {
  readonly options: ResolvedOptions;
  /** Fields that an operator leaves out of the comparison. */
  readonly ignored: readonly string[];
  /** True if the run was drawn to be evidence. */
  readonly isEvidence: boolean;
  /** In ms since the epoch. */
  readonly now: number;
}

/** Result of looking at one candidate of a run. */
export interface Looked {
  /** Result to keep, if it is to be kept. */
  readonly sample: RecordedResult | undefined;
  /** Fields in which it differs; undefined if it doesn't, or if there was no time to find them. */
  readonly found: Examined | undefined;
}

/** Result of looking at a control's second call, and at the candidates beside it. */
export interface LookedAgain {
  readonly found: Examined | undefined;
  readonly ofCandidates: ReadonlyMap<CandidateObservation, Examined | undefined>;
}

/** Extracts from an experiment's results the counts, and the results to keep. */
export class ResultReader {
  private readonly quota: ResultQuota;
  private readonly noise = new KnownNoise();
  /** Salted hash of inputs and subjects; undefined until the salt is known. */
  private salted: SaltedHash | undefined;
  /** Runs that wait for the salt. */
  private readonly waiting: OrderedRun[] = [];
  /** Results for observations whose run may be counted once more, with its control's second call. */
  private readonly known = new WeakMap<CandidateObservation, Examined>();

  constructor(
    private readonly book: TallyBuffer,
    private readonly limits: ReaderLimits,
    private readonly shared: SharedLimits,
  ) {
    this.quota = new ResultQuota(limits.samplesPerMinute);
  }

  /** Decides, where noise is measured, what a run is for that starts now. */
  draws(): RunPurpose {
    if (!this.shared.budget.draws()) return 'nothing';
    return this.noise.isKnown ? 'evidence' : 'noise';
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
    for (const { candidate, duration, reads } of candidates) {
      const tally = this.book.tallyOf(candidate);
      tally.ran(startedAt);
      tally.matched(control.duration, duration, reads);
    }
    return true;
  }

  /** Examines one candidate of a run, and makes the result to keep, in steps. */
  *look(
    result: ExperimentResult,
    candidate: CandidateObservation,
    { options, ignored, isEvidence, now }: Looking,
  ): Steps<Looked> {
    const { recordValues, noise } = options;
    const isKept = this.quota.takes(candidate.outcome, now);
    const isNeeded = isKept || (isEvidence && noise > 0);
    const found = yield* this.examined(result.control, candidate, options, ignored, isNeeded);
    if (!isKept) return { sample: undefined, found };
    const { maxValueBytes } = this.limits;
    const sample = yield* makeRecordedResult(result, candidate, found?.fields ?? [], { recordValues, maxValueBytes });
    return { sample, found };
  }

  /** Counts what was found about one candidate of a run. Returns its likeness to the control, as far as that differs from itself. */
  note({ name }: CandidateObservation, { found }: Looked, { recordValues, noise }: ResolvedOptions): Likeness {
    const tally = this.book.tallyOf(name);
    if (noise > 0) tally.evidence.pairs ??= new PairCounts();
    if (found !== undefined) tally.differed(found.fields, recordValues);
    return found !== undefined && noise > 0 ? this.noise.judge(found.places) : 'differs';
  }

  /** Counts that the control was called a second time. */
  observedAgain({ again }: RepeatedRun): void {
    this.book.tallyOf(EXPERIMENT_ITSELF).observed(again);
  }

  /** Examines a control's second call, and the candidates that were not examined, in steps. */
  *lookAgain({ result, again }: RepeatedRun, options: ResolvedOptions, ignored: readonly string[]): Steps<LookedAgain> {
    const { control, candidates } = result;
    const found = yield* this.examined(control, again, options, ignored, true);
    const ofCandidates = new Map<CandidateObservation, Examined | undefined>();
    for (const candidate of candidates) {
      const known = this.known.get(candidate);
      ofCandidates.set(candidate, known ?? (yield* this.examined(control, candidate, options, ignored, true)));
    }
    return { found, ofCandidates };
  }

  /** Counts what was found about a control's second call, compared with the first. */
  repeated(
    { result: { control, candidates }, again, isShuffled, compareNothing }: RepeatedRun,
    { found, ofCandidates }: LookedAgain,
    { recordValues }: ResolvedOptions,
  ): void {
    if (found !== undefined) this.book.tallyOf(EXPERIMENT_ITSELF).differed(found.fields, recordValues);
    // Both sides are judged by the same knowledge, of earlier runs: so identical code can be exchanged.
    const likeness = this.judge(found);
    for (const candidate of candidates) {
      const { evidence } = this.book.tallyOf(candidate.name);
      evidence.pairs ??= new PairCounts();
      // Where all three are the same because nothing was compared, that says nothing of noise either.
      const isNothing = control.kind === 'threw' || compareNothing.has(candidate.name);
      if (!isNothing || candidate.outcome !== 'matched' || again.outcome !== 'matched')
        evidence.pairs.observe(this.judge(ofCandidates.get(candidate)), likeness);
      if (!isShuffled || hasFailed(candidate, control) || hasFailed(again, control)) continue;
      evidence.speed ??= new PairedSpeed();
      evidence.speed.observe({ first: control.duration, again: again.duration, candidate: candidate.duration });
    }
    this.noise.learn(found?.places ?? []);
  }

  /** Takes the salt that all processes use. Counts the runs that waited for it. */
  takeSalt(salt: string): void {
    const salted = new SaltedHash(salt);
    this.salted = salted;
    for (const run of this.waiting) this.observe(run, salted);
    this.discard();
  }

  /** Gives up the runs that wait for the salt. */
  discard(): void {
    this.shared.early.giveBack(this.waiting.length);
    this.waiting.length = 0;
  }

  /** Counts what a run shows of its candidates, or waits with it for the salt. */
  proved(run: OrderedRun): void {
    if (this.salted !== undefined) this.observe(run, this.salted);
    else if (this.shared.early.take()) this.waiting.push(copyRun(run));
    else
      this.unproved(
        run.findings.map(({ candidate }) => candidate),
        'early',
      );
  }

  private observe({ startedAt, input, subject, isForAll, findings }: OrderedRun, salted: SaltedHash): void {
    const hashes = { input: salted.of(input), subject: subject === undefined ? undefined : salted.of(subject) };
    for (const { candidate, finding } of findings)
      this.book.tallyOf(candidate).evidence.observe({ startedAt, isForAll, ...hashes, finding });
  }

  /** Counts a run that is no evidence about these candidates. */
  unproved(candidates: readonly string[], why: UncountedReason): void {
    for (const candidate of candidates) this.book.tallyOf(candidate).evidence.leave(why);
  }

  skipped(reason: SkipReason, count: number): void {
    this.book.tallyOf(EXPERIMENT_ITSELF).skip(reason, count);
  }

  refused(effects: Iterable<string>): void {
    const { refused } = this.book.tallyOf(EXPERIMENT_ITSELF);
    for (const effect of effects) refused.add(effect);
  }

  /** Judges what was found; nothing was if both agree, or if all that differs is ignored. */
  private judge(found: Examined | undefined): Likeness {
    return found === undefined ? 'same' : this.noise.judge(found.places);
  }

  /**
   * Examines a candidate that differs for the fields, in steps, if there is time left in the budget.
   *
   * @param isNeeded whether to examine it even without time left
   * @returns undefined if it doesn't differ, or if there is no time
   */
  private *examined(
    control: Observation,
    candidate: CandidateObservation,
    options: ResolvedOptions,
    ignored: readonly string[],
    isNeeded: boolean,
  ): Steps<Examined | undefined> {
    const { outcome } = candidate;
    // Errors and timeouts are fields where they may be noise.
    if (outcome !== 'mismatched' && (options.noise === 0 || outcome === 'matched' || outcome === 'ignored')) return undefined;
    const { budget } = this.shared;
    if (!isNeeded && !budget.isOpen) return undefined;
    const examining = examineDifferences(control, candidate, options, [...options.ignorePaths, ...ignored]);
    const found = yield* budget.chargeSteps(examining);
    if (options.noise > 0) this.known.set(candidate, found);
    return found;
  }
}

/** Decides whether a behaviour failed where the control didn't, perhaps at once. One that timed out took its timeout. */
function hasFailed({ kind, outcome }: CandidateObservation, control: Observation): boolean {
  return kind === 'threw' && control.kind === 'returned' && outcome !== 'timedOut';
}

/** Copies a run that is kept. If such a run itself lived long, V8 would allocate all further ones as if they did, too. */
function copyRun({ findings, ...run }: OrderedRun): OrderedRun {
  return { ...run, findings: findings.map(({ candidate, finding }) => ({ candidate, finding })) };
}
