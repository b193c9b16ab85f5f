import type { ValueDifference } from '../differences/differences.js';
import type { DifferenceKind, FieldDifference } from '../differences/field-difference.js';

/** Largest number of distinct fields. Further ones are counted together. */
const FIELDS = 200;

/** Limit of a whole tally, in bytes of JSON. MySQL's type `text` holds 65 535 bytes. */
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
}

/** Counts differing runs by field. Its memory is bounded. */
export class DifferenceTally {
  /** Number of runs that were examined for differing fields. */
  examined = 0;
  private readonly fields: CountedField[] = [];
  private readonly positions = new Map<string, number>();

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
  }

  merge({ examined, fields }: DifferenceTally): void {
    this.addContent({ examined, fields });
  }

  /** Works like `merge`, for a tally in its stored form. */
  addContent({ examined, fields }: DifferenceContent): void {
    this.examined += examined;
    let elsewhere = 0;
    for (const field of fields) {
      const position = this.positionOf(field);
      if (this.fields[position]?.path === ELSEWHERE) elsewhere += field.count;
      else this.countField(position, field.count, field.example);
    }
    // The number of distinct runs among these is unknown.
    if (elsewhere > 0) this.countField(this.positionOf(REST), Math.min(elsewhere, examined), null);
  }

  /** Returns the number of runs in which a field differed. */
  countOf(field: Field): number {
    return this.fields[this.positions.get(fieldKey(field)) ?? -1]?.count ?? 0;
  }

  /** Returns the fields, the most frequent first. */
  all(): readonly Readonly<CountedField>[] {
    return [...this.fields].sort((a, b) => b.count - a.count);
  }

  /** Returns the stored form, or null if nothing was examined. Examples are kept as far as they fit. */
  toContent(): DifferenceContent | null {
    if (this.examined === 0) return null;
    const bare = this.fields.map((field) => ({ ...field, example: null }));
    let left = BYTES - jsonBytes({ examined: this.examined, fields: bare });
    const fields = this.fields.map((field, index) => {
      const without = bare[index] ?? field;
      const needed = jsonBytes(field) - jsonBytes(without);
      if (needed > left) return without;
      left -= needed;
      return { ...field };
    });
    return { examined: this.examined, fields };
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
}

function fieldKey({ path, kind }: Field): string {
  return `${kind} ${path}`;
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
