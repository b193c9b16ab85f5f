import { DDSketch } from '@datadog/sketches-js';

/** How far a value that a sketch gives may be from the true one: 1 %. */
const RELATIVE_ACCURACY = 0.01;

/** Beyond these magnitudes all values are the same, so that a sketch stays small: 100 ns, and 28 hours, in ms. */
const SMALLEST = 1e-4;
const LARGEST = 1e8;

/** A sketch as JSON: smallest and largest value, zeros, and the other values' bins as flat lists of key and count. */
export interface SketchContent {
  readonly min: number;
  readonly max: number;
  readonly zeros: number;
  readonly positive: readonly number[];
  readonly negative: readonly number[];
}

/**
 * The distribution of many values in little memory, mergeable without loss (DDSketch: Masson, Rim, Lee, "DDSketch: A Fast and
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

  /** Adds all values of another. */
  merge(other: Sketch): void {
    this.addContent(other.toContent());
  }

  /** The value at a percentile, 0 to 100, by nearest rank; undefined without values. */
  percentile(percent: number): number | undefined {
    const { sketch } = this;
    const { count, min, max } = sketch;
    if (count === 0) return undefined;
    const index = Math.max(Math.ceil((percent / 100) * count), 1) - 1;
    if (index === 0) return min;
    if (index === count - 1) return max;
    // The library takes the rank from a share of count - 1; half a rank more keeps rounding from choosing the one before.
    return Math.min(Math.max(sketch.getValueAtQuantile((index + 0.5) / (count - 1)), min), max);
  }

  toContent(): SketchContent {
    const { min, max, zeroCount, store, negativeStore } = this.sketch;
    const isEmpty = this.count === 0;
    return {
      min: isEmpty ? 0 : min,
      max: isEmpty ? 0 : max,
      zeros: zeroCount,
      positive: binsOf(store),
      negative: binsOf(negativeStore),
    };
  }

  /** The library's own `merge` (2.1.1) leaves out the negative values. */
  private addContent({ min, max, zeros, positive, negative }: SketchContent): void {
    const { sketch } = this;
    for (const [key, count] of pairsOf(positive)) sketch.store.add(key, count);
    for (const [key, count] of pairsOf(negative)) sketch.negativeStore.add(key, count);
    sketch.zeroCount += zeros;
    sketch.count = sketch.zeroCount + sketch.store.count + sketch.negativeStore.count;
    if (zeros === 0 && positive.length === 0 && negative.length === 0) return;
    sketch.min = Math.min(sketch.min, min);
    sketch.max = Math.max(sketch.max, max);
  }
}

function binsOf({ bins, offset }: { bins: number[]; offset: number }): number[] {
  return bins.flatMap((count, index) => (count > 0 ? [index + offset, count] : []));
}

function pairsOf(bins: readonly number[]): [number, number][] {
  return Array.from({ length: bins.length / 2 }, (_, index) => [bins[2 * index] ?? 0, bins[2 * index + 1] ?? 0]);
}
