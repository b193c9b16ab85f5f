import { UNCOUNTED_REASONS, type Finding, type UncountedReason } from '../../experiment/ordered-run.js';
import { CoverageSketch, type Coverage } from './coverage-sketch.js';
import type { EvidenceContent } from './evidence-content.js';
import { PairCounts } from './pair-counts.js';
import { PairedSpeed } from './paired-speed.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEEK = 168;

/** Hours from Sunday 0:00 until the epoch, which was a Thursday. */
const EPOCH_HOUR = 4 * 24;

/** A run of a candidate, as far as the verdict is concerned. */
export interface EvidentRun {
  /** Start, in ms since the epoch. */
  readonly startedAt: number;
  readonly finding: Finding;
  /** Keyed hash of the input. */
  readonly input: number;
  /** Keyed hash of the subject, if the experiment knows it. */
  readonly subject: number | undefined;
  /** True if all subjects took part when the run was drawn. */
  readonly isForAll: boolean;
}

/** Basis of the verdict on a candidate: runs that compared something, and of which inputs, subjects and hours they were. */
export class Evidence {
  /** Runs that compared something. */
  runs = 0;
  differing = 0;
  excused = 0;
  /** Runs that are no evidence, by the reason. */
  readonly uncounted = makeCounts();
  /** Runs in which the control was called a second time; undefined if noise is not measured. */
  pairs: PairCounts | undefined;
  /** Durations of the candidate beside the control's second call, if any were measured. */
  speed: PairedSpeed | undefined;
  firstAt: number | null = null;
  lastAt: number | null = null;
  private readonly hours = new Uint8Array(WEEK / 8);
  private inputs: CoverageSketch | undefined;
  private subjects: CoverageSketch | undefined;

  static from(content: EvidenceContent): Evidence {
    const evidence = new Evidence();
    const { hours, inputs, subjects, pairs, speed, uncounted, ...counts } = content;
    for (const reason of UNCOUNTED_REASONS) evidence.uncounted[reason] = uncounted[reason];
    Object.assign(evidence, counts);
    evidence.hours.set(Buffer.from(hours, 'base64').subarray(0, WEEK / 8));
    if (speed !== null) evidence.speed = PairedSpeed.from(speed);
    if (pairs !== null) evidence.pairs = PairCounts.from(pairs);
    if (inputs !== null) evidence.inputs = CoverageSketch.from(inputs);
    if (subjects !== null) evidence.subjects = CoverageSketch.from(subjects);
    return evidence;
  }

  /** Counts a run. Runs have to come in the order of their starts. */
  observe({ startedAt, finding, input, subject, isForAll }: EvidentRun): void {
    if (finding === 'bothThrew' || finding === 'nothingLeft') {
      this.leave(finding);
      return;
    }
    const differs = finding === 'differs';
    const minute = Math.floor(startedAt / MINUTE);
    this.runs += 1;
    if (differs) this.differing += 1;
    if (finding === 'excused') this.excused += 1;
    this.span(startedAt, startedAt);
    const hour = (Math.floor(startedAt / HOUR) + EPOCH_HOUR) % WEEK;
    this.hours[hour >> 3] = (this.hours[hour >> 3] ?? 0) | (1 << (hour & 7));
    this.inputs ??= new CoverageSketch();
    this.inputs.observe({ hash: input, minute, differs, isVisit: true });
    if (subject === undefined) return;
    this.subjects ??= new CoverageSketch();
    this.subjects.observe({ hash: subject, minute, differs, isVisit: isForAll });
  }

  /** Counts a run that is no evidence. */
  leave(why: UncountedReason): void {
    this.uncounted[why] += 1;
  }

  /** Adds what another process has seen. The order of merging doesn't matter. */
  merge(other: Evidence): void {
    this.combine(other, (sketch, more) => sketch.merge(more));
  }

  /** Adds what this process has seen since. */
  append(later: Evidence): void {
    this.combine(later, (sketch, more) => sketch.append(more));
  }

  /** Counts from now on also the runs of what has differed in an earlier part, so that the two can be appended. */
  follow({ inputs, subjects }: Evidence): void {
    if (inputs !== undefined) (this.inputs ??= new CoverageSketch()).follow(inputs);
    if (subjects !== undefined) (this.subjects ??= new CoverageSketch()).follow(subjects);
  }

  get isEmpty(): boolean {
    return this.runs === 0 && this.pairs === undefined && UNCOUNTED_REASONS.every((reason) => this.uncounted[reason] === 0);
  }

  /** Hours of the week (UTC; 0 is Sunday 0:00 to 1:00) in which no run was counted. */
  get unseenHours(): number[] {
    return Array.from({ length: WEEK }, (_, hour) => hour).filter((hour) => !((this.hours[hour >> 3] ?? 0) & (1 << (hour & 7))));
  }

  /** Returns the coverage of the inputs. */
  get inputCoverage(): Coverage {
    return (this.inputs ?? new CoverageSketch()).estimate(this.runs);
  }

  /** Returns the coverage of the subjects; undefined if the experiment doesn't know them. */
  get subjectCoverage(): Coverage | undefined {
    return this.subjects?.estimate(this.runs);
  }

  /** Returns the stored form, or null if nothing was counted. */
  toContent(): EvidenceContent | null {
    if (this.isEmpty) return null;
    const { runs, differing, excused, uncounted, firstAt, lastAt, hours, inputs, subjects, pairs, speed } = this;
    return {
      runs,
      differing,
      excused,
      uncounted: { ...uncounted },
      firstAt,
      lastAt,
      hours: Buffer.from(hours).toString('base64'),
      inputs: inputs?.toContent() ?? null,
      subjects: subjects?.toContent() ?? null,
      pairs: pairs?.toContent() ?? null,
      speed: speed?.toContent() ?? null,
    };
  }

  private combine(other: Evidence, combineSketches: (sketch: CoverageSketch, more: CoverageSketch) => void): void {
    this.runs += other.runs;
    this.differing += other.differing;
    this.excused += other.excused;
    for (const reason of UNCOUNTED_REASONS) this.uncounted[reason] += other.uncounted[reason];
    if (other.speed !== undefined) (this.speed ??= new PairedSpeed()).add(other.speed);
    if (other.pairs !== undefined) (this.pairs ??= new PairCounts()).add(other.pairs);
    if (other.firstAt !== null && other.lastAt !== null) this.span(other.firstAt, other.lastAt);
    for (const [index, byte] of other.hours.entries()) this.hours[index] = (this.hours[index] ?? 0) | byte;
    if (other.inputs !== undefined) combineSketches((this.inputs ??= new CoverageSketch()), other.inputs);
    if (other.subjects !== undefined) combineSketches((this.subjects ??= new CoverageSketch()), other.subjects);
  }

  private span(first: number, last: number): void {
    this.firstAt = Math.min(this.firstAt ?? first, first);
    this.lastAt = Math.max(this.lastAt ?? last, last);
  }
}

function makeCounts(): Record<UncountedReason, number> {
  return { bothThrew: 0, nothingLeft: 0, learning: 0, overBudget: 0, crowded: 0, late: 0, changed: 0, early: 0 };
}
