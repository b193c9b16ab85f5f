import { DDSketch } from '@datadog/sketches-js';

/** Largest relative error of a value that a sketch returns: 1 %. */
const RELATIVE_ACCURACY = 0.01;

/** Smallest and largest magnitude that a sketch distinguishes, which keeps it small: 100 ns and 28 hours, in ms. */
const SMALLEST = 1e-4;
const LARGEST = 1e8;

/**
 * A distribution as JSON: smallest and largest value, number of zeros, and the bins of the other values as flat lists of key and count.
 *
 * @publicApi
 */
export interface SketchContent {
  readonly min: number;
  readonly max: number;
  readonly zeros: number;
  readonly positive: readonly number[];
  readonly negative: readonly number[];
}

/** Number of values above `from` and up to `to`. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * Distribution of many values in little memory, mergeable without loss (DDSketch: Masson, Rim, Lee, "DDSketch: A Fast and
 * Fully-Mergeable Quantile Sketch with Relative-Error Guarantees", VLDB 2019).
 */
export class Sketch {
  private readonly sketch = new DDSketch({ relativeAccuracy: RELATIVE_ACCURACY });

  static from(content: SketchContent): Sketch {
    const sketch = new Sketch();
    sketch.addContent(content);
    return sketch;
  }

  get count(): number {
    return this.sketch.count;
  }

  add(value: number): void {
    const size = Math.abs(value);
    this.sketch.accept(size < SMALLEST ? 0 : Math.sign(value) * Math.min(size, LARGEST));
  }

  /** Adds all values of another sketch. The library's own `merge` (2.1.1) omits the negative ones. */
  merge({ sketch: other }: Sketch): void {
    addStore(this.sketch.store, other.store);
    addStore(this.sketch.negativeStore, other.negativeStore);
    this.added(other.zeroCount, other.min, other.max);
  }

  /** Works like `merge`, for a sketch in its stored form. */
  addContent({ min, max, zeros, positive, negative }: SketchContent): void {
    if (zeros === 0 && positive.length === 0 && negative.length === 0) return;
    addList(this.sketch.store, positive);
    addList(this.sketch.negativeStore, negative);
    this.added(zeros, min, max);
  }

  /** Returns the value at a percentile, 0 to 100, by nearest rank; undefined without values. */
  percentile(percent: number): number | undefined {
    const { sketch } = this;
    const { count, min, max } = sketch;
    if (count === 0) return undefined;
    const index = Math.max(Math.ceil((percent / 100) * count), 1) - 1;
    if (index === 0) return min;
    if (index === count - 1) return max;
    // The library derives the rank from a share of count - 1. Half a rank more keeps rounding from choosing the rank before.
    return Math.min(Math.max(sketch.getValueAtQuantile((index + 0.5) / (count - 1)), min), max);
  }

  /** Keys of the first and the last bin of positive values; undefined without such values. */
  get range(): { readonly first: number; readonly last: number } | undefined {
    const keys = listBins(this.sketch.store).filter((_, index) => index % 2 === 0);
    const [first, last] = [keys[0], keys.at(-1)];
    return first === undefined || last === undefined ? undefined : { first, last };
  }

  /**
   * Returns the non-empty bins of values that are not negative, in ascending order. The bin of zeros is the first, and reaches
   * up to the smallest value that is distinguished.
   *
   * @param width number of bins combined into one. Combined bins begin at multiples of it, whatever the values.
   */
  bins(width: number): Bin[] {
    const { gamma } = this.sketch.mapping;
    const counts = new Map<number, number>();
    const list = listBins(this.sketch.store);
    for (let index = 0; index < list.length; index += 2) {
      const position = Math.ceil((list[index] ?? 0) / width);
      counts.set(position, (counts.get(position) ?? 0) + (list[index + 1] ?? 0));
    }
    // The bin of a key holds the values above γ^(key − 1), up to γ^key.
    const bins = [...counts].map(([position, count]) => ({
      from: gamma ** ((position - 1) * width),
      to: gamma ** (position * width),
      count,
    }));
    const { zeroCount } = this.sketch;
    return zeroCount === 0 ? bins : [{ from: 0, to: SMALLEST, count: zeroCount }, ...bins];
  }

  toContent(): SketchContent {
    const { min, max, zeroCount, store, negativeStore } = this.sketch;
    const isEmpty = this.count === 0;
    return {
      min: isEmpty ? 0 : min,
      max: isEmpty ? 0 : max,
      zeros: zeroCount,
      positive: listBins(store),
      negative: listBins(negativeStore),
    };
  }

  /** Updates zeros, count and extremes after bins were added. */
  private added(zeros: number, min: number, max: number): void {
    const { sketch } = this;
    sketch.zeroCount += zeros;
    sketch.count = sketch.zeroCount + sketch.store.count + sketch.negativeStore.count;
    sketch.min = Math.min(sketch.min, min);
    sketch.max = Math.max(sketch.max, max);
  }
}

type Store = DDSketch['store'];

function addStore(store: Store, other: Store): void {
  if (store.count === 0) store.copy(other);
  else for (const [index, count] of other.bins.entries()) if (count > 0) store.add(index + other.offset, count);
}

/**
 * Adds bins to a store.
 *
 * @param bins keys, ascending, and counts in turn
 */
function addList(store: Store, bins: readonly number[]): void {
  const add = (index: number) => store.add(bins[index] ?? 0, bins[index + 1] ?? 0);
  const last = bins.length - 2;
  // The last bin goes first, so that the store grows only once.
  if (last >= 0) add(last);
  for (let index = 0; index < last; index += 2) add(index);
}

function listBins({ bins, offset }: Store): number[] {
  const list: number[] = [];
  for (const [index, count] of bins.entries()) if (count > 0) list.push(index + offset, count);
  return list;
}
