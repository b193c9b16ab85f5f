import type { CandidateObservation, Observation, Outcome } from '../../experiment/observation.js';
import type { ReadTime } from '../../experiment/read-time.js';
import type { OutcomeCounts } from './outcomes.js';
import { DifferenceTally, type DifferenceContent } from './difference-tally.js';
import { EffectTally, type EffectCounts } from './effect-tally.js';
import type { ValueDifference } from '../differences/differences.js';
import { Sketch, type SketchContent } from './quantile-sketch.js';
import { Evidence } from '../evidence/evidence.js';
import type { EvidenceContent } from '../evidence/evidence-content.js';
import { computeSpeedup } from './speedup.js';

/**
 * Counts and distributions as they are stored. A part without any value is null. A storage keeps all but the counts as opaque JSON.
 *
 * @publicApi
 */
export interface TallyContent {
  /** Start of the first run, in ms since the epoch. */
  readonly firstAt: number | null;
  /** Start of the last run, in ms since the epoch. */
  readonly lastAt: number | null;
  readonly runs: number;
  readonly counts: OutcomeCounts;
  /** Ignored runs in which the control's own answer had changed meanwhile. */
  readonly drifted: number;
  /** Runs by the time at which the candidate has read, with `reads: 'sameMoment'`. */
  readonly reads: ReadCounts | null;
  /** Skipped calls by reason. */
  readonly skipped: Readonly<Record<string, number>> | null;
  /** Runs to which something was refused, by what it was, such as `INSERT orders`. */
  readonly refused: EffectCounts | null;
  /** Durations of the control, in ms. */
  readonly control: SketchContent | null;
  /** Durations of the candidate, in ms. */
  readonly candidate: SketchContent | null;
  /** Duration of the control less that of the candidate, in ms. */
  readonly delta: SketchContent | null;
  /** Duration of the control divided by that of the candidate. */
  readonly speedup: SketchContent | null;
  readonly differences: DifferenceContent | null;
  /** Basis of the verdict. Only the total has it. */
  readonly evidence: EvidenceContent | null;
}

/**
 * Number of runs in which a candidate has read at the moment of its control, and of those in which it has read anything later.
 *
 * @publicApi
 */
export type ReadCounts = Readonly<Record<ReadTime, number>>;

const NO_READS: ReadCounts = { sameMoment: 0, later: 0 };

/** The counts of a tally. */
type Counts = Pick<TallyContent, 'runs' | 'drifted' | 'reads' | 'firstAt' | 'lastAt' | 'counts'>;

/**
 * Counts and measurements of a candidate over some time, or of an experiment itself: its runs, its skips, and the results of
 * comparing the control with itself, as if it were a candidate. Tallies can be added up.
 */
export class Tally {
  runs = 0;
  drifted = 0;
  /** Null unless a candidate has read with `reads: 'sameMoment'`. */
  reads: ReadCounts | null = null;
  firstAt: number | null = null;
  lastAt: number | null = null;
  readonly counts: Record<Outcome, number> = { matched: 0, mismatched: 0, ignored: 0, errored: 0, timedOut: 0 };
  readonly skipped = new Map<string, number>();
  readonly refused = new EffectTally();
  readonly control = new Sketch();
  readonly candidate = new Sketch();
  readonly delta = new Sketch();
  readonly speedup = new Sketch();
  readonly differences = new DifferenceTally();
  readonly evidence = new Evidence();

  constructor(content?: TallyContent) {
    if (content !== undefined) this.addContent(content);
  }

  /** Counts a run that began at a time, in ms since the epoch. */
  ran(startedAt: number): void {
    this.runs += 1;
    this.span(startedAt, startedAt);
  }

  /** Counts the outcome of a candidate. */
  observed({ outcome, drifted, reads }: CandidateObservation): void {
    this.counts[outcome] += 1;
    if (drifted) this.drifted += 1;
    this.read(reads);
  }

  /** Counts a candidate that did what the control did, with their durations. */
  matched(control: number, candidate: number, reads?: ReadTime): void {
    this.counts.matched += 1;
    this.addDurations(control, candidate);
    this.read(reads);
  }

  /**
   * Records the durations of a candidate and the control. A candidate that timed out counts with its timeout. A candidate that
   * failed is not measured, because it may have failed at once.
   */
  measured(control: Observation, candidate: CandidateObservation): void {
    const failed = candidate.kind === 'threw' && control.kind === 'returned' && candidate.outcome !== 'timedOut';
    if (!failed) this.addDurations(control.duration, candidate.duration);
  }

  /** Counts the fields in which a run differed. */
  differed(differences: readonly ValueDifference[], withExamples: boolean): void {
    this.differences.add(differences, withExamples);
  }

  skip(reason: string, count = 1): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + count);
  }

  /**
   * Adds what the same process has counted since.
   *
   * @param isTotal whether differing fields and evidence are added too; default true
   */
  append(other: Tally, isTotal = true): void {
    this.addCounts(other);
    for (const [reason, count] of other.skipped) this.skip(reason, count);
    this.refused.merge(other.refused);
    this.control.merge(other.control);
    this.candidate.merge(other.candidate);
    this.delta.merge(other.delta);
    this.speedup.merge(other.speedup);
    if (!isTotal) return;
    this.differences.merge(other.differences);
    this.evidence.append(other.evidence);
  }

  /** Adds what another process has counted, in its stored form. */
  addContent(content: TallyContent): void {
    this.addCounts(content);
    for (const [reason, count] of Object.entries(content.skipped ?? {})) this.skip(reason, count);
    if (content.refused !== null) this.refused.addContent(content.refused);
    if (content.control !== null) this.control.addContent(content.control);
    if (content.candidate !== null) this.candidate.addContent(content.candidate);
    if (content.delta !== null) this.delta.addContent(content.delta);
    if (content.speedup !== null) this.speedup.addContent(content.speedup);
    if (content.differences !== null) this.differences.addContent(content.differences);
    if (content.evidence !== null) this.evidence.merge(Evidence.from(content.evidence));
  }

  /** True if nothing but evidence was counted, of runs that were counted before. */
  get isEvidenceAlone(): boolean {
    const { runs, counts, skipped, evidence } = this;
    return runs === 0 && skipped.size === 0 && !evidence.isEmpty && Object.values(counts).every((count) => count === 0);
  }

  toContent(): TallyContent {
    const { firstAt, lastAt, runs, counts, drifted, reads, skipped, refused } = this;
    const { control, candidate, delta, speedup, differences, evidence } = this;
    return {
      firstAt,
      lastAt,
      runs,
      counts: { ...counts },
      drifted,
      reads,
      skipped: skipped.size === 0 ? null : Object.fromEntries(skipped),
      refused: refused.toContent(),
      control: contentOrNull(control),
      candidate: contentOrNull(candidate),
      delta: contentOrNull(delta),
      speedup: contentOrNull(speedup),
      differences: differences.toContent(),
      evidence: evidence.toContent(),
    };
  }

  private read(time: ReadTime | undefined): void {
    if (time !== undefined) this.addReads({ ...NO_READS, [time]: 1 });
  }

  private addReads({ sameMoment, later }: ReadCounts): void {
    const before = this.reads ?? NO_READS;
    this.reads = { sameMoment: before.sameMoment + sameMoment, later: before.later + later };
  }

  private addDurations(control: number, candidate: number): void {
    this.control.add(control);
    this.candidate.add(candidate);
    this.delta.add(control - candidate);
    const factor = computeSpeedup(control, candidate);
    if (factor !== undefined) this.speedup.add(factor);
  }

  private addCounts({ runs, drifted, reads, firstAt, lastAt, counts }: Counts): void {
    this.runs += runs;
    this.drifted += drifted;
    if (reads !== null) this.addReads(reads);
    if (firstAt !== null && lastAt !== null) this.span(firstAt, lastAt);
    for (const outcome of Object.keys(this.counts) as Outcome[]) this.counts[outcome] += counts[outcome]; // its own keys
  }

  private span(first: number, last: number): void {
    this.firstAt = Math.min(this.firstAt ?? first, first);
    this.lastAt = Math.max(this.lastAt ?? last, last);
  }
}

function contentOrNull(sketch: Sketch): SketchContent | null {
  return sketch.count === 0 ? null : sketch.toContent();
}
