import type { ValueDifference } from '../differences/differences.js';
import type { DifferenceKind, FieldDifference } from '../differences/field-difference.js';

/** How many fields are told apart, and how many sets of them; what differs elsewhere is counted together. */
const FIELDS = 200;
const SETS = 200;

/** How many fields a set has at the most: a run in which more differ is counted with none. */
const SET_SIZE = 30;

/** What the sets, and then all of a tally, may take as JSON, in bytes: MySQL's type `text` holds 65 535. */
const SET_BYTES = 12_000;
const BYTES = 60_000;

/** The path under which fields are counted that are one too many. */
export const ELSEWHERE = '…';

const REST: Field = { path: ELSEWHERE, kind: 'value' };

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

/** The fields that differed together, and no others, in some runs, by their positions. */
interface FieldSet {
  readonly fields: readonly number[];
  count: number;
}

/** The fields that differ, as JSON. */
export interface DifferenceContent {
  readonly examined: number;
  readonly fields: readonly Readonly<CountedField>[];
  readonly sets: readonly Readonly<FieldSet>[];
}

/**
 * Counts in how many runs, and in which way, two behaviours differ: by field, and by the set of fields that differ together, so that
 * runs can be told in which only fields of a kind differ. Bounded.
 */
export class DifferenceTally {
  /** In how many runs it was looked for the fields that differ. */
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

  /** As `merge`, for a tally as it is stored. */
  addContent({ examined, fields, sets }: DifferenceContent): void {
    this.examined += examined;
    let elsewhere = 0;
    const places = fields.map((field) => {
      const position = this.positionOf(field);
      if (this.fields[position]?.path === ELSEWHERE) elsewhere += field.count;
      else this.countField(position, field.count, field.example);
      return position;
    });
    // How many of these were of the same run is not known.
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

  /** In how many runs it is known which fields differed, and no others. */
  get told(): number {
    return [...this.sets.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** In how many runs a field differed. */
  countOf(field: Field): number {
    return this.fields[this.positions.get(fieldKey(field)) ?? -1]?.count ?? 0;
  }

  /** The fields, the most frequent first. */
  all(): readonly Readonly<CountedField>[] {
    return [...this.fields].sort((a, b) => b.count - a.count);
  }

  /** In how many runs nothing differed but fields that are meant. A run in which too much differed to be told is none of them. */
  countOnly(isMeant: (field: Readonly<CountedField>) => boolean): number {
    const meant = this.fields.map((field) => field.path !== ELSEWHERE && isMeant(field));
    return [...this.sets.values()]
      .filter(({ fields }) => fields.length > 0 && fields.every((position) => meant[position]))
      .reduce((sum, { count }) => sum + count, 0);
  }

  /** The fields as JSON: the most frequent sets, and examples, as far as there is room. */
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

  /** Where a field is counted: at a place of its own, or, if it is one too many, with the rest. */
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

/** As many of a list, from its beginning, as so many bytes of JSON hold. */
function fitting<Item>(bytes: number, items: readonly Item[]): Item[] {
  let left = bytes;
  return items.filter((item) => (left -= jsonBytes(item) + 1) >= 0);
}
