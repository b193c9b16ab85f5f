/**
 * Numbers of runs by what was refused to them, such as `INSERT orders`.
 *
 * @publicApi
 */
export type EffectCounts = Readonly<Record<string, number>>;

/** Most effects that are counted apart, and the name of the others. */
const MOST = 50;
const OTHERS = '…';

/** Counts of what was refused to candidates. Its size is bounded, whatever they do. */
export class EffectTally {
  private readonly counts = new Map<string, number>();

  get size(): number {
    return this.counts.size;
  }

  add(effect: string, count = 1): void {
    const name = this.counts.has(effect) || this.counts.size < MOST ? effect : OTHERS;
    this.counts.set(name, (this.counts.get(name) ?? 0) + count);
  }

  merge(other: EffectTally): void {
    for (const [effect, count] of other.counts) this.add(effect, count);
  }

  addContent(content: EffectCounts): void {
    for (const [effect, count] of Object.entries(content)) this.add(effect, count);
  }

  toContent(): EffectCounts | null {
    return this.counts.size === 0 ? null : Object.fromEntries(this.counts);
  }

  /** Lists the effects, the most frequent first. */
  list(): { readonly effect: string; readonly count: number }[] {
    return [...this.counts].map(([effect, count]) => ({ effect, count })).sort((one, other) => other.count - one.count);
  }
}
