/**
 * Bins per unit, and how soon they become wider: those near 1 are 2 % wide, those near 10 are 9 %. So few are needed, and a storage that holds
 * 64 KiB of evidence has room for them.
 */
const FINENESS = 36;
const GROWTH = 1.25;

/** Key of the last bin on either side of 1, which holds all beyond: from some 500 times on. */
const LAST = 78;

/** Counts ratios in bins, mergeable without loss. */
export class RatioCounts {
  private readonly bins = new Map<number, number>();

  /** @param ratio above 0 */
  add(ratio: number): void {
    this.addTo(keyOf(ratio), 1);
  }

  /** @param bins keys and counts in turn */
  addContent(bins: readonly number[]): void {
    for (let index = 0; index < bins.length; index += 2) this.addTo(bins[index] ?? 0, bins[index + 1] ?? 0);
  }

  /** Returns the ratio at a rank, from 0; undefined without ratios. Ranks beyond the ends are those at the ends. */
  atRank(rank: number): number | undefined {
    const sorted = this.sorted();
    let seen = 0;
    for (const [key, count] of sorted) {
      seen += count;
      if (seen > rank) return ratioAt(key);
    }
    const last = sorted.at(-1);
    return last && ratioAt(last[0]);
  }

  toContent(): number[] {
    return this.sorted().flat();
  }

  private sorted(): [key: number, count: number][] {
    return [...this.bins].sort(([one], [other]) => one - other);
  }

  private addTo(key: number, count: number): void {
    this.bins.set(key, (this.bins.get(key) ?? 0) + count);
  }
}

function keyOf(ratio: number): number {
  const logarithm = Math.log(ratio);
  const key = Math.min(Math.round(FINENESS * Math.log1p(GROWTH * Math.abs(logarithm))), LAST);
  return key === 0 ? 0 : Math.sign(logarithm) * key;
}

function ratioAt(key: number): number {
  return Math.exp((Math.sign(key) * Math.expm1(Math.abs(key) / FINENESS)) / GROWTH);
}
