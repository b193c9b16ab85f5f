import type { Difference } from './differences/differences.js';
import type { DifferenceKind, FieldDifference } from './summary.js';

/** How many fields are told apart, and how many sets of them; what differs elsewhere is counted together. */
const FIELDS = 200;
const SETS = 200;

/** How many fields a set has at the most: a run in which more differ is counted with none. */
const SET_SIZE = 30;

/** What the sets, and then all of a tally, may take as JSON, in bytes: MySQL's type `text` holds 65 535. */
const SET_BYTES = 12_000;
const BYTES = 60_000;

/** Where fields are counted that are one too many. */
const ELSEWHERE: Field = { path: '…', kind: 'value' };

/** A field, and the way in which it differs. */
export interface Field {
  readonly path: string;
  readonly kind: DifferenceKind;
}

/** A field that differs, in how many runs, with an example. */
interface CountedField extends Field {
  count: number;
  example: FieldDifference['example'];
}

/** The fields that differed together, and no others, in some runs. */
interface FieldSet {
  readonly fields: readonly string[];
  count: number;
}

/** The fields that differ, as JSON; sets name fields by their position. */
export interface DifferenceContent {
  readonly examined: number;
  readonly fields: readonly Readonly<CountedField>[];
  readonly sets: readonly { readonly fields: readonly number[]; readonly count: number }[];
}

/**
 * Counts in how many runs, and in which way, two behaviours differ: by field, and by the set of fields that differ together, so that
 * runs can be told in which only fields of a kind differ. Bounded.
 */
export class DifferenceTally {
  /** In how many runs it was looked for the fields that differ. */
  examined = 0;
  private readonly fields = new Map<string, CountedField>();
  private readonly sets = new Map<string, FieldSet>();

  static from({ examined, fields, sets }: DifferenceContent): DifferenceTally {
    const tally = new DifferenceTally();
    tally.examined = examined;
    for (const field of fields) tally.fields.set(keyOf(field), { ...field });
    const keys = [...tally.fields.keys()];
    for (const set of sets) tally.countSet({ fields: set.fields.flatMap((index) => keys[index] ?? []), count: set.count });
    return tally;
  }

  /**
   * Counts one run.
   *
   * @param withExamples whether values may be kept
   */
  add(differences: readonly Difference[], withExamples: boolean): void {
    this.examined += 1;
    const keys = new Set<string>();
    for (const { path, kind, control, candidate } of differences) {
      const values = { ...(control !== undefined && { control }), ...(candidate !== undefined && { candidate }) };
      const example = withExamples && Object.keys(values).length > 0 ? values : null;
      const place = this.placeOf({ path, kind });
      if (keys.has(keyOf(place))) continue;
      this.countField({ ...place, count: 1, example: place === ELSEWHERE ? null : example });
      keys.add(keyOf(place));
    }
    this.countSet({ fields: [...keys], count: 1 });
  }

  merge(other: DifferenceTally): void {
    this.examined += other.examined;
    const places = new Map<string, string>();
    let elsewhere = 0;
    for (const [key, field] of other.fields) {
      const place = this.placeOf(field);
      if (place === ELSEWHERE) elsewhere += field.count;
      else this.countField(field);
      places.set(key, keyOf(place));
    }
    // How many of these were of the same run is not known.
    if (elsewhere > 0) this.countField({ ...ELSEWHERE, count: Math.min(elsewhere, other.examined), example: null });
    for (const { fields, count } of other.sets.values()) {
      this.countSet({ fields: [...new Set(fields.map((key) => places.get(key) ?? key))], count });
    }
  }

  /** In how many runs a field differed. */
  countOf(field: Field): number {
    return this.fields.get(keyOf(field))?.count ?? 0;
  }

  /** The fields, the most frequent first. */
  all(): readonly Readonly<CountedField>[] {
    return [...this.fields.values()].sort((a, b) => b.count - a.count);
  }

  /** In how many runs nothing differed but fields that are meant. A run in which too much differed to be told is none of them. */
  countOnly(isMeant: (field: Readonly<CountedField>) => boolean): number {
    const meant = new Set(
      [...this.fields].filter(([key, field]) => key !== keyOf(ELSEWHERE) && isMeant(field)).map(([key]) => key),
    );
    return [...this.sets.values()]
      .filter(({ fields }) => fields.length > 0 && fields.every((key) => meant.has(key)))
      .reduce((sum, { count }) => sum + count, 0);
  }

  /** The fields as JSON: the most frequent sets, and examples, as far as there is room. */
  toContent(): DifferenceContent | null {
    if (this.examined === 0) return null;
    const positions = new Map([...this.fields.keys()].map((key, index) => [key, index]));
    const sets = fitting(
      SET_BYTES,
      [...this.sets.values()]
        .sort((a, b) => b.count - a.count)
        .map(({ fields, count }) => ({ fields: fields.flatMap((key) => positions.get(key) ?? []), count })),
    );
    const bare = [...this.fields.values()].map((field) => ({ ...field, example: null }));
    let left = BYTES - bytesOf({ examined: this.examined, fields: bare, sets });
    const fields = [...this.fields.values()].map((field, index) => {
      const without = bare[index] ?? field;
      const needed = bytesOf(field) - bytesOf(without);
      if (needed > left) return without;
      left -= needed;
      return { ...field };
    });
    return { examined: this.examined, fields, sets };
  }

  /** Where a field is counted. */
  private placeOf({ path, kind }: Field): Field {
    if (path === ELSEWHERE.path) return ELSEWHERE;
    const isTold = this.fields.size < FIELDS || this.fields.has(keyOf({ path, kind }));
    return isTold ? { path, kind } : ELSEWHERE;
  }

  private countField({ path, kind, count, example }: Readonly<CountedField>): void {
    const known = this.fields.get(keyOf({ path, kind }));
    if (known === undefined) this.fields.set(keyOf({ path, kind }), { path, kind, count, example });
    else {
      known.count += count;
      known.example ??= example;
    }
  }

  private countSet({ fields, count }: FieldSet): void {
    if (fields.length > SET_SIZE) return;
    const sorted = [...fields].sort();
    const key = JSON.stringify(sorted);
    const known = this.sets.get(key);
    if (known !== undefined) known.count += count;
    else if (this.sets.size < SETS) this.sets.set(key, { fields: sorted, count });
  }
}

function keyOf({ path, kind }: Field): string {
  return `${kind} ${path}`;
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** As many of a list, from its beginning, as so many bytes of JSON hold. */
function fitting<Item>(bytes: number, items: readonly Item[]): Item[] {
  let left = bytes;
  return items.filter((item) => (left -= bytesOf(item) + 1) >= 0);
}
