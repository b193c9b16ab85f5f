import type { Difference } from './differences/differences.js';
import type { DifferenceKind, FieldDifference } from './summary.js';

/** How many fields are told apart; what differs elsewhere is counted together. */
const FIELDS = 200;

/** What the fields of one row may take as JSON, in bytes: MySQL's type `text` holds 65 535. */
const BYTES = 60_000;

/** Where fields are counted that are one too many. */
export const ELSEWHERE = '…';

interface Counted {
  readonly path: string;
  readonly kind: DifferenceKind;
  count: number;
  example: FieldDifference['example'];
}

/** The fields that differ, as JSON. */
export type DifferenceContent = readonly Counted[];

/** Counts by field in how many runs, and in which way, two behaviours differ. Bounded. */
export class DifferenceTally {
  private readonly counted = new Map<string, Counted>();

  static from(content: DifferenceContent): DifferenceTally {
    const tally = new DifferenceTally();
    for (const one of content) tally.count(one);
    return tally;
  }

  /** @param withExamples whether values may be kept */
  add(differences: readonly Difference[], withExamples: boolean): void {
    let elsewhere = false;
    for (const { path, kind, control, candidate } of differences) {
      const example = {
        ...(control !== undefined && { control }),
        ...(candidate !== undefined && { candidate }),
      };
      if (this.isFull(path, kind)) elsewhere = true;
      else this.count({ path, kind, count: 1, example: withExamples ? example : null });
    }
    if (elsewhere) this.count({ path: ELSEWHERE, kind: 'value', count: 1, example: null });
  }

  merge(other: DifferenceTally): void {
    for (const one of other.counted.values()) {
      this.count(this.isFull(one.path, one.kind) ? { path: ELSEWHERE, kind: 'value', count: one.count, example: null } : one);
    }
  }

  /** The fields, the most frequent first. */
  all(): FieldDifference[] {
    return [...this.counted.values()].sort((a, b) => b.count - a.count).map((one) => ({ ...one, noise: 0, isNoise: false }));
  }

  /** The fields as JSON, without examples where they would take too much. */
  toContent(): DifferenceContent {
    let left = BYTES;
    return [...this.counted.values()].map((one) => {
      const { path, kind, count } = one;
      const bare = { path, kind, count, example: null };
      const bytes = (counted: Counted) => Buffer.byteLength(JSON.stringify(counted)) + 1;
      const kept = bytes(one) <= left - FIELDS ? one : bare;
      left -= bytes(kept);
      return kept;
    });
  }

  private isFull(path: string, kind: DifferenceKind): boolean {
    return this.counted.size >= FIELDS && !this.counted.has(keyOf(path, kind));
  }

  private count({ path, kind, count, example }: Counted): void {
    const key = keyOf(path, kind);
    const known = this.counted.get(key);
    if (known === undefined) this.counted.set(key, { path, kind, count, example });
    else {
      known.count += count;
      known.example ??= example;
    }
  }
}

function keyOf(path: string, kind: DifferenceKind): string {
  return `${kind} ${path}`;
}
