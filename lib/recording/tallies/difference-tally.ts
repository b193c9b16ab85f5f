import type { ValueDifference } from '../differences/differences.js';
import type { DifferenceKind, FieldDifference } from '../differences/field-difference.js';

/** Largest number of distinct fields, and of distinct sets of fields. Further ones are counted together. */
const FIELDS = 200;
const SETS = 200;

/** Largest size of a set. Runs with more differing fields are not counted in any set. */
const SET_SIZE = 30;

/** Limits of the sets, and of a whole tally, in bytes of JSON. MySQL's type `text` holds 65 535 bytes. */
const SET_BYTES = 12_000;
const BYTES = 60_000;

/** Path that counts all fields beyond the limit. */
export const ELSEWHERE = '…';

const REST: Field = { path: ELSEWHERE, kind: 'value' };

/** A field and the kind of its difference. */
export interface Field {
  readonly path: string;
  readonly kind: DifferenceKind;
}

/** A field that differs, the number of runs, and an example. */
type CountedField = Mutable<DifferenceContent['fields'][number]>;

/** Fields that differed together, and no others, in some runs, by their positions. */
type FieldSet = Mutable<DifferenceContent['sets'][number]>;

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/**
 * The fields that differ, as JSON.
 *
 * @publicApi
 */
export interface DifferenceContent {
  /** Runs whose fields were compared. */
  readonly examined: number;

  /** Fields that differ, each with its number of runs and an example. */
  readonly fields: readonly {
    readonly path: string;
    readonly kind: DifferenceKind;
    readonly count: number;
    readonly example: FieldDifference['example'];
  }[];

  /** Fields that differed together, by their positions in `fields`, with the number of runs in which these and no others did. */
  readonly sets: readonly { readonly fields: readonly number[]; readonly count: number }[];
}

/**
 * Counts differing runs by field, and by the set of fields that differ together. So runs can be found in which only certain
 * fields differ. Its memory is bounded.
 */
export class DifferenceTally {
  /** Number of runs that were examined for differing fields. */
  examined = 0;
  private readonly fields: CountedField[] = [];
  private readonly positions = new Map<string, number>();
  private readonly sets = new Map<string, FieldSet>();

  static from(content: DifferenceContent): DifferenceTally {
    const tally = new DifferenceTally();
    tally.addContent(content);
    return tally;
  }

  /**
   * Counts one run.
   *
   * @param withExamples whether values may be kept
   */
  add(differences: readonly ValueDifference[], withExamples: boolean): void {
    this.examined += 1;
    const found = new Set<number>();
    for (const { path, kind, control, candidate } of differences) {
      const position = this.positionOf({ path, kind });
      if (found.has(position)) continue;
      found.add(position);
      const values = { ...(control !== undefined && { control }), ...(candidate !== undefined && { candidate }) };
      this.countField(position, 1, withExamples && Object.keys(values).length > 0 ? values : null);
    }
    this.countSet([...found], 1);
  }

  merge({ examined, fields, sets }: DifferenceTally): void {
    this.addContent({ examined, fields, sets: [...sets.values()] });
  }

  /** Works like `merge`, for a tally in its stored form. */
  addContent({ examined, fields, sets }: DifferenceContent): void {
    this.examined += examined;
    let elsewhere = 0;
    const places = fields.map((field) => {
      const position = this.positionOf(field);
      if (this.fields[position]?.path === ELSEWHERE) elsewhere += field.count;
      else this.countField(position, field.count, field.example);
      return position;
    });
    // The number of distinct runs among these is unknown.
    if (elsewhere > 0) this.countField(this.positionOf(REST), Math.min(elsewhere, examined), null);
    for (const { fields: positions, count } of sets) {
      const placed: number[] = [];
      for (const position of positions) {
        const place = places[position];
        if (place !== undefined && !placed.includes(place)) placed.push(place);
      }
      this.countSet(placed, count);
    }
  }

  /** Number of runs whose complete set of differing fields is known. */
  get told(): number {
    return [...this.sets.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** Returns the number of runs in which a field differed. */
  countOf(field: Field): number {
    return this.fields[this.positions.get(fieldKey(field)) ?? -1]?.count ?? 0;
  }

  /** Returns the fields, the most frequent first. */
  all(): readonly Readonly<CountedField>[] {
    return [...this.fields].sort((a, b) => b.count - a.count);
  }

  /**
   * Counts the runs in which only fields that match the predicate differed. Runs with too many differing fields are not
   * counted.
   */
  countOnly(isMeant: (field: Readonly<CountedField>) => boolean): number {
    const meant = this.fields.map((field) => field.path !== ELSEWHERE && isMeant(field));
    return [...this.sets.values()]
      .filter(({ fields }) => fields.length > 0 && fields.every((position) => meant[position]))
      .reduce((sum, { count }) => sum + count, 0);
  }

  /**
   * Returns the stored form, or null if nothing was examined. The most frequent sets, and examples, are kept as far as they
   * fit.
   */
  toContent(): DifferenceContent | null {
    if (this.examined === 0) return null;
    const sets = fitting(
      SET_BYTES,
      [...this.sets.values()].sort((a, b) => b.count - a.count).map((set) => ({ ...set })),
    );
    const bare = this.fields.map((field) => ({ ...field, example: null }));
    let left = BYTES - jsonBytes({ examined: this.examined, fields: bare, sets });
    const fields = this.fields.map((field, index) => {
      const without = bare[index] ?? field;
      const needed = jsonBytes(field) - jsonBytes(without);
      if (needed > left) return without;
      left -= needed;
      return { ...field };
    });
    return { examined: this.examined, fields, sets };
  }

  /** Returns the position of a field, adding it if it is new. Fields beyond the limit share one position. */
  private positionOf({ path, kind }: Field): number {
    const field = path === ELSEWHERE ? REST : { path, kind };
    const key = fieldKey(field);
    const known = this.positions.get(key);
    if (known !== undefined) return known;
    if (this.fields.length >= FIELDS && field !== REST) return this.positionOf(REST);
    const position = this.fields.push({ ...field, count: 0, example: null }) - 1;
    this.positions.set(key, position);
    return position;
  }

  private countField(position: number, count: number, example: CountedField['example']): void {
    const field = this.fields[position];
    if (field === undefined) return;
    field.count += count;
    if (field.path !== ELSEWHERE) field.example ??= example;
  }

  private countSet(positions: readonly number[], count: number): void {
    if (positions.length > SET_SIZE) return;
    const fields = positions.toSorted((a, b) => a - b);
    const key = fields.join();
    const known = this.sets.get(key);
    if (known !== undefined) known.count += count;
    else if (this.sets.size < SETS) this.sets.set(key, { fields, count });
  }
}

function fieldKey({ path, kind }: Field): string {
  return `${kind} ${path}`;
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Returns the leading items that fit into the given number of bytes of JSON. */
function fitting<Item>(bytes: number, items: readonly Item[]): Item[] {
  let left = bytes;
  return items.filter((item) => (left -= jsonBytes(item) + 1) >= 0);
}
