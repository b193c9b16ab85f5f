import { DISTINCT_ERROR, DistinctCount } from './distinct-count.js';
import type { CoverageContent } from './evidence-content.js';
import { SmallestHashes } from './smallest-hashes.js';

/** Columns of the sample. The last minute of the visits follows their number. */
const RUNS = 0;
const VISITS = 1;
const SAMPLE_COLUMNS = 3;

/** Columns of what differs, likewise. */
const DIFFERED = 0;
const SINCE = 1;
const DIFFERING_VISITS = 2;
const DIFFERING_COLUMNS = 4;

/** Minutes in which something was seen: their number, and the last of them. */
interface Visits {
  readonly count: number;
  readonly last: number;
}

/** Adds up the visits of two parts. */
type SumVisits = (one: Visits, other: Visits) => number;

/** A run, as far as coverage is concerned. */
export interface CoveredRun {
  /** Keyed hash of 32 bits of the run's input, or of its subject. */
  readonly hash: number;
  /** Minute in which the run began, since the epoch. */
  readonly minute: number;
  readonly differs: boolean;
  /** False if the minute is no visit, because others never get to come. */
  readonly isVisit: boolean;
}

/** Estimate of what was seen. */
export interface Coverage {
  /** Number of distinct inputs. */
  readonly distinct: number;
  /** Sum over the inputs that ever differed of the share of their runs since in which they did. */
  readonly failures: number;
  /** Number of pairs of an input and a minute in which it was seen. */
  readonly visits: number;
  /** Number of visits in which the input differed. */
  readonly differingVisits: number;
  /** Share of coming visits whose input was never seen (I. J. Good, "The Population Frequencies of Species", Biometrika 1953). */
  readonly unseen: number;
  /** Number of independent runs that say as much: n² / Σc² (L. Kish, "Survey Sampling", 1965). */
  readonly effectiveRuns: number;
}

/**
 * Estimates in little memory how many distinct inputs, or subjects, were seen, how often each, and in which the candidate differed. A
 * **visit** is a minute in which an input was seen, however often: a burst is one.
 */
export class CoverageSketch {
  /** Counts what the sample no longer holds. Undefined while the sample holds all. */
  private count: DistinctCount | undefined;
  private sample = new SmallestHashes(SAMPLE_COLUMNS);
  private differing: SmallestHashes | undefined;

  static from({ registers, sample, differing, isCut }: CoverageContent): CoverageSketch {
    const sketch = new CoverageSketch();
    sketch.sample = SmallestHashes.from(SAMPLE_COLUMNS, sample, registers !== null);
    if (registers !== null) sketch.count = DistinctCount.from(registers);
    if (differing.length > 0) sketch.differing = SmallestHashes.from(DIFFERING_COLUMNS, differing, isCut);
    return sketch;
  }

  observe({ hash, minute, differs, isVisit }: CoveredRun): void {
    const row = this.see(hash);
    if (row >= 0) {
      this.sample.set(row, RUNS, this.sample.get(row, RUNS) + 1);
      if (isVisit) visit(this.sample, row, VISITS, minute);
    }
    if (!differs && this.differing === undefined) return;
    const differing = differs ? (this.differing ??= new SmallestHashes(DIFFERING_COLUMNS)) : this.differing;
    const place = differs ? differing?.add(hash) : differing?.find(hash);
    if (differing === undefined || place === undefined || place < 0) return;
    differing.set(place, SINCE, differing.get(place, SINCE) + 1);
    if (!differs) return;
    differing.set(place, DIFFERED, differing.get(place, DIFFERED) + 1);
    if (isVisit) visit(differing, place, DIFFERING_VISITS, minute);
  }

  /**
   * Adds what another process has seen at the same time. Visits of an input are those of the process that saw it in most minutes, because
   * both may have seen it in the same ones. The order of merging doesn't matter.
   */
  merge(other: CoverageSketch): void {
    this.combine(other, (one, another) => Math.max(one.count, another.count));
  }

  /** Adds what this process has seen since. Where two visits may be one, they are. */
  append(later: CoverageSketch): void {
    this.combine(later, (before, after) => {
      const isShared = before.count > 0 && after.count > 0 && (after.count > 1 || after.last <= before.last);
      return before.count + after.count - (isShared ? 1 : 0);
    });
  }

  /** Counts from now on also the runs of what has differed in an earlier part, so that the two can be appended. */
  follow({ differing }: CoverageSketch): void {
    if (differing === undefined) return;
    this.differing ??= new SmallestHashes(DIFFERING_COLUMNS);
    for (let row = 0; row < differing.size; row += 1) this.differing.add(differing.hashAt(row));
  }

  /** @param runs number of all runs that were observed */
  estimate(runs: number): Coverage {
    const { sample, differing } = this;
    const distinct = Math.min(this.distinct(runs), runs);
    const scale = sample.size === 0 ? 0 : distinct / sample.size;
    const visits = sample.sum((row) => sample.get(row, VISITS));
    const squares = scale * sample.sum((row) => sample.get(row, RUNS) ** 2);
    const differingScale = differing === undefined || differing.size === 0 ? 0 : differing.distinct / differing.size;
    const once = sample.sum((row) => (sample.get(row, VISITS) === 1 ? 1 : 0));
    return {
      distinct,
      failures:
        differingScale * (differing?.sum((row) => differing.get(row, DIFFERED) / Math.max(differing.get(row, SINCE), 1)) ?? 0),
      visits: Math.max(scale * visits, 0),
      differingVisits: differingScale * (differing?.sum((row) => differing.get(row, DIFFERING_VISITS)) ?? 0),
      unseen: visits === 0 ? 1 : once / visits,
      effectiveRuns: squares === 0 ? 0 : Math.min(runs ** 2 / squares, runs),
    };
  }

  /** Memory that it takes, without that of the objects around it. */
  get bytes(): number {
    return this.sample.bytes + (this.differing?.bytes ?? 0) + (this.count?.bytes ?? 0);
  }

  toContent(): CoverageContent {
    return {
      registers: this.count?.toContent() ?? null,
      sample: this.sample.toContent(),
      differing: this.differing?.toContent() ?? [],
      isCut: this.differing?.isCut ?? false,
    };
  }

  /**
   * Estimates the number of distinct inputs by two ways, each weighted by the inverse of its variance: the count, and the runs divided by the
   * runs of an input in the sample. The latter is exact where each input was seen equally often.
   */
  private distinct(runs: number): number {
    const { sample, count } = this;
    if (count === undefined) return sample.size;
    const mean = sample.sum((row) => sample.get(row, RUNS)) / sample.size;
    const variance = sample.sum((row) => (sample.get(row, RUNS) - mean) ** 2) / (sample.size - 1);
    const sampleError = variance / mean ** 2 / sample.size;
    const share = sampleError / (sampleError + DISTINCT_ERROR ** 2);
    return share * count.estimate + (1 - share) * (runs / mean);
  }

  /** Notes that a hash was seen. Returns its row in the sample, or -1. */
  private see(hash: number): number {
    const { sample } = this;
    if (this.count === undefined && sample.isFull && sample.find(hash) < 0) this.beginCount();
    this.count?.add(hash);
    return sample.add(hash);
  }

  /** Begins the count with what the sample holds, which is all. */
  private beginCount(): DistinctCount {
    const count = new DistinctCount();
    for (let row = 0; row < this.sample.size; row += 1) count.add(this.sample.hashAt(row));
    this.count = count;
    return count;
  }

  private combine({ count, sample, differing }: CoverageSketch, sumVisits: SumVisits): void {
    if (count !== undefined) {
      (this.count ?? this.beginCount()).merge(count);
      this.sample.isCut = true;
    }
    for (let from = 0; from < sample.size; from += 1) {
      const row = this.see(sample.hashAt(from));
      if (row < 0) continue;
      addCell(this.sample, row, sample, from, RUNS);
      combineVisits(this.sample, row, sample, from, VISITS, sumVisits);
    }
    if (differing === undefined) return;
    const own = (this.differing ??= new SmallestHashes(DIFFERING_COLUMNS));
    own.isCut ||= differing.isCut;
    for (let from = 0; from < differing.size; from += 1) {
      const row = own.add(differing.hashAt(from));
      if (row < 0) continue;
      addCell(own, row, differing, from, DIFFERED);
      addCell(own, row, differing, from, SINCE);
      combineVisits(own, row, differing, from, DIFFERING_VISITS, sumVisits);
    }
  }
}

function addCell(to: SmallestHashes, row: number, from: SmallestHashes, other: number, column: number): void {
  to.set(row, column, to.get(row, column) + from.get(other, column));
}

/** Combines visits. The column of their last minute follows that of their number. */
function combineVisits(
  to: SmallestHashes,
  row: number,
  from: SmallestHashes,
  other: number,
  column: number,
  sum: SumVisits,
): void {
  const [one, another] = [readVisits(to, row, column), readVisits(from, other, column)];
  to.set(row, column, sum(one, another));
  to.set(row, column + 1, Math.max(one.last, another.last));
}

function readVisits(hashes: SmallestHashes, row: number, column: number): Visits {
  return { count: hashes.get(row, column), last: hashes.get(row, column + 1) };
}

/** Counts a visit in a minute, unless it was counted. */
function visit(hashes: SmallestHashes, row: number, column: number, minute: number): void {
  if (hashes.get(row, column) > 0 && minute <= hashes.get(row, column + 1)) return;
  hashes.set(row, column, hashes.get(row, column) + 1);
  hashes.set(row, column + 1, minute);
}
