import type { CandidateObservation, Observation, Outcome } from '../experiment/observation.js';
import { DifferenceTally, type DifferenceContent } from './difference.tally.js';
import { Sketch, type SketchContent } from './sketch.js';
import { speedupOf } from './statistics/speedup.js';

/** What a tally holds beside its counts, as JSON. */
export interface Measures {
  readonly skipped: Readonly<Record<string, number>>;
  readonly control: SketchContent;
  readonly candidate: SketchContent;
  readonly delta: SketchContent;
  readonly speedup: SketchContent;
}

/** A tally as it is stored. */
export interface TallyContent {
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly runs: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly measures: Measures;
  readonly differences: DifferenceContent | null;
}

/** What is counted and measured of one candidate, or of an experiment, in some time. Tallies add up. */
export class Tally {
  runs = 0;
  firstAt: number | null = null;
  lastAt: number | null = null;
  readonly counts: Record<Outcome, number> = { matched: 0, mismatched: 0, ignored: 0, errored: 0, timedOut: 0 };
  readonly skipped = new Map<string, number>();
  readonly control: Sketch;
  readonly candidate: Sketch;
  readonly delta: Sketch;
  readonly speedup: Sketch;
  readonly differences: DifferenceTally;

  constructor(measures?: Measures, differences?: DifferenceContent | null) {
    const sketch = (content?: SketchContent) => (content === undefined ? new Sketch() : Sketch.from(content));
    this.control = sketch(measures?.control);
    this.candidate = sketch(measures?.candidate);
    this.delta = sketch(measures?.delta);
    this.speedup = sketch(measures?.speedup);
    this.differences = DifferenceTally.from(differences ?? []);
    for (const [reason, count] of Object.entries(measures?.skipped ?? {})) this.skipped.set(reason, count);
  }

  static from({ firstAt, lastAt, runs, counts, measures, differences }: TallyContent): Tally {
    const tally = new Tally(measures, differences);
    Object.assign(tally.counts, counts);
    return Object.assign(tally, { firstAt, lastAt, runs });
  }

  /** Counts a run that began at a time, in ms since the epoch. */
  ran(startedAt: number): void {
    this.runs += 1;
    this.span(startedAt, startedAt);
  }

  /**
   * Counts what came of a candidate, and measures it against the control: one that timed out took its timeout, and one that
   * failed, maybe at once, is not measured.
   */
  observed(control: Observation, candidate: CandidateObservation): void {
    this.counts[candidate.outcome] += 1;
    if (candidate.outcome === 'errored') return;
    this.control.add(control.duration);
    this.candidate.add(candidate.duration);
    this.delta.add(control.duration - candidate.duration);
    const factor = speedupOf(control.duration, candidate.duration);
    if (factor !== undefined) this.speedup.add(factor);
  }

  skip(reason: string, count = 1): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + count);
  }

  merge(other: Tally): void {
    this.runs += other.runs;
    if (other.firstAt !== null && other.lastAt !== null) this.span(other.firstAt, other.lastAt);
    for (const outcome of Object.keys(this.counts) as Outcome[]) this.counts[outcome] += other.counts[outcome]; // its own keys
    for (const [reason, count] of other.skipped) this.skip(reason, count);
    this.control.merge(other.control);
    this.candidate.merge(other.candidate);
    this.delta.merge(other.delta);
    this.speedup.merge(other.speedup);
    this.differences.merge(other.differences);
  }

  toContent(): TallyContent {
    const { firstAt, lastAt, runs, counts, skipped, control, candidate, delta, speedup, differences } = this;
    return {
      firstAt,
      lastAt,
      runs,
      counts: { ...counts },
      measures: {
        skipped: Object.fromEntries(skipped),
        control: control.toContent(),
        candidate: candidate.toContent(),
        delta: delta.toContent(),
        speedup: speedup.toContent(),
      },
      differences: differences.toContent(),
    };
  }

  private span(first: number, last: number): void {
    this.firstAt = Math.min(this.firstAt ?? first, first);
    this.lastAt = Math.max(this.lastAt ?? last, last);
  }
}
