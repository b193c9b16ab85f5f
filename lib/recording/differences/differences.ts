import { CUT, stepText } from '../../values/field-path.js';
import type { JsonValue } from '../../values/json-value.js';
import { jsonPrefix } from '../../values/json-prefix.js';
import { exactlyAligned, pairsBetween } from './exact-alignment.js';
import { quicklyAligned, type Alignment } from './quick-alignment.js';
import type { DifferenceKind } from './field-difference.js';

/**
 * A path at which the candidate's value differs from the control's, with the first example found there.
 *
 * @publicApi
 */
export interface ValueDifference {
  /** Such as `$.items[*].price`; `$` is the value as a whole. */
  readonly path: string;
  readonly kind: DifferenceKind;
  readonly control?: JsonValue;
  readonly candidate?: JsonValue;
}

/** Stands for differences outside the named fields. It never counts as noise. */
export const ELSEWHERE: ValueDifference = { path: '…', kind: 'value' };

type PlainRecord = { [key: string]: JsonValue };

/** Limits of one comparison: number of entries, characters of JSON per example, and bytes of JSON per path. */
export const LIMITS = { entries: 200, example: 200, path: 150 };

/** Longest form of one character in JSON, in bytes, such as `\\u0000`. */
const LONGEST_CHARACTER = 6;

/** Budget of item pairs examined to find moved items, for one comparison: some 5 ms. */
export const ALIGNED = 12_000;

/** Properties that identify an object in a list. The first one that the object has is used. */
export const KEYS = ['id', '_id', 'key'] as const;

/**
 * Receives each place in which two values differ, with the values as a whole, other than those of lists in another order. Items of a list have
 * the same path.
 */
export type SeeDifference = (difference: ValueDifference) => void;

/** Lists the paths at which two values differ: one entry for each path and kind, at most 200. */
export function differencesBetween(control: JsonValue, candidate: JsonValue, see?: SeeDifference): ValueDifference[] {
  const walk = new Walk(see);
  walk.compare('$', control, candidate);
  return [...walk.found.values()];
}

/** Walks through two values side by side and collects where they differ. */
class Walk {
  readonly found = new Map<string, ValueDifference>();
  private readonly identities = new Identities();
  private left = ALIGNED;

  constructor(private readonly see: SeeDifference | undefined) {}

  compare(path: string, control: JsonValue, candidate: JsonValue): void {
    if (this.found.size >= LIMITS.entries || this.identities.of(control) === this.identities.of(candidate)) return;
    if (typeName(control) !== typeName(candidate)) this.add('type', path, control, candidate);
    else if (Array.isArray(control) && Array.isArray(candidate)) this.lists(path, control, candidate);
    else if (isRecord(control) && isRecord(candidate)) this.records(path, control, candidate);
    else this.add('value', path, control, candidate);
  }

  private records(path: string, control: PlainRecord, candidate: PlainRecord): void {
    const rest = new Map(Object.entries(candidate));
    for (const [key, value] of Object.entries(control)) {
      const other = rest.get(key);
      if (other === undefined) this.add('missing', joinPath(path, pathStep(key)), value);
      else this.compare(joinPath(path, pathStep(key)), value, other);
      rest.delete(key);
    }
    for (const [key, value] of rest) this.add('extra', joinPath(path, pathStep(key)), undefined, value);
  }

  private lists(path: string, control: JsonValue[], candidate: JsonValue[]): void {
    const { pairs, missing, extra, moved } = this.alignment(control, candidate);
    if (moved) this.add('order', path, control, candidate);
    const items = joinPath(path, '[*]');
    for (const [here, there] of pairs) this.compare(items, control[here] ?? null, candidate[there] ?? null);
    for (const index of missing) this.add('missing', items, control[index]);
    for (const index of extra) this.add('extra', items, undefined, candidate[index]);
  }

  private alignment(control: JsonValue[], candidate: JsonValue[]): Alignment {
    if (control.length === candidate.length) {
      if (this.haveSameItems(control, candidate)) return { pairs: [], missing: [], extra: [], moved: true };
      const items = [...control, ...candidate];
      if (items.some(isComposite) && !items.some((item) => identityKey(item) !== null))
        return { pairs: control.map((_, index) => [index, index] as const), missing: [], extra: [], moved: false };
    }
    const [here, there] = [control, candidate].map((items) =>
      items.map((item) => identityKey(item) ?? `#${this.identities.of(item)}`),
    );
    if (here === undefined || there === undefined) throw new Error('There are two lists.');
    const cost = pairsBetween(here, there);
    const areReplaced = (from: number, to: number, asMany: boolean) =>
      isReplaced(control[from] ?? null, candidate[to] ?? null, asMany);
    if (cost > this.left) return quicklyAligned(here, there, areReplaced);
    this.left -= cost;
    return exactlyAligned(here, there, areReplaced);
  }

  private haveSameItems(control: JsonValue[], candidate: JsonValue[]): boolean {
    const sorted = (items: JsonValue[]) => items.map((item) => this.identities.of(item)).sort((a, b) => a - b);
    const there = sorted(candidate);
    return sorted(control).every((identity, index) => identity === there[index]);
  }

  private add(kind: DifferenceKind, path: string, control?: JsonValue, candidate?: JsonValue): void {
    const entry = `${kind} ${path}`;
    this.see?.(kind === 'order' ? { path, kind } : makeDifference(path, kind, control, candidate));
    if (this.found.size >= LIMITS.entries || this.found.has(entry)) return;
    const [here, there] = [control, candidate].map((value) => (value === undefined ? undefined : shortened(value)));
    this.found.set(entry, makeDifference(path, kind, here, there));
    // What lies beyond is not looked at any more, and may differ as well.
    if (this.found.size >= LIMITS.entries) this.see?.(ELSEWHERE);
  }
}

/** Makes a difference, without the sides that are not known. */
export function makeDifference(path: string, kind: DifferenceKind, control?: JsonValue, candidate?: JsonValue): ValueDifference {
  return { path, kind, ...(control === undefined ? {} : { control }), ...(candidate === undefined ? {} : { candidate }) };
}

/** Assigns numbers to values. Equal values get the same number. */
class Identities {
  private readonly texts = new Map<string, number>();
  private readonly byContent = new Map<string, number>();
  private readonly byReference = new WeakMap<object, number>();
  private count = 0;

  of(value: JsonValue): number {
    if (typeof value === 'string') return this.numbered(this.texts, value);
    if (value === null || typeof value !== 'object')
      return this.numbered(this.byContent, Object.is(value, -0) ? '-0' : String(value));
    let identity = this.byReference.get(value);
    if (identity === undefined) this.byReference.set(value, (identity = this.numbered(this.byContent, this.content(value))));
    return identity;
  }

  // Built from the numbers of keys and parts rather than from their JSON, so that large or deep values aren't written out
  // repeatedly.
  private content(value: JsonValue[] | PlainRecord): string {
    if (Array.isArray(value)) return `[${value.map((item) => this.of(item)).join()}`;
    const entries = Object.entries(value).map(([key, item]) => `${this.of(key)}:${this.of(item)}`);
    return `{${entries.sort().join()}`;
  }

  private numbered(known: Map<string, number>, content: string): number {
    let identity = known.get(content);
    if (identity === undefined) known.set(content, (identity = this.count++));
    return identity;
  }
}

/** Decides whether two items at the same place are one changed item, rather than one removed and one added. */
function isReplaced(control: JsonValue, candidate: JsonValue, asMany: boolean): boolean {
  if (identityKey(control) !== null || identityKey(candidate) !== null) return false;
  return asMany || (isComposite(control) && isComposite(candidate));
}

/**
 * Returns a label that identifies an item regardless of its other properties, or null. An id that became a string is still the
 * same id.
 */
function identityKey(item: JsonValue): string | null {
  if (!isRecord(item)) return null;
  for (const key of KEYS) {
    const value = Object.hasOwn(item, key) ? item[key] : undefined;
    if (typeof value === 'string' || typeof value === 'number') return `${key}:${value}`;
  }
  return null;
}

/** Appends a step to a path. A path that is too long is cut at a whole character. */
export function joinPath(path: string, next: string): string {
  if (path.endsWith(CUT)) return path;
  const whole = path + next;
  if (whole.length * LONGEST_CHARACTER <= LIMITS.path || jsonBytes(whole) <= LIMITS.path) return whole;
  let left = LIMITS.path - jsonBytes(CUT);
  let beginning = '';
  for (const character of whole) {
    left -= jsonBytes(character);
    if (left < 0) break;
    beginning += character;
  }
  return beginning + CUT;
}

/** Returns the bytes that a text takes in JSON, without the quotes around it. */
function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

/** Writes the step of a path to a property. */
export function pathStep(key: string): string {
  // A longer key never fits into a path, so only its beginning matters. Half a character must not remain.
  const begun = key.length > LIMITS.path ? key.slice(0, LIMITS.path + 1) : key;
  const last = begun.charCodeAt(begun.length - 1);
  return stepText(last >= 0xd800 && last <= 0xdbff ? begun.slice(0, -1) : begun);
}

/** Names the type of a JSON value, such as `array`. */
export function typeName(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function isComposite(value: JsonValue): value is JsonValue[] | PlainRecord {
  return typeof value === 'object' && value !== null;
}

function isRecord(value: JsonValue): value is PlainRecord {
  return isComposite(value) && !Array.isArray(value);
}

/** Returns a value, or the beginning of its JSON if that is long. */
export function shortened(value: JsonValue): JsonValue {
  if (typeof value === 'string' ? value.length * LONGEST_CHARACTER + 2 <= LIMITS.example : !isComposite(value)) return value;
  const { text, isWhole } = jsonPrefix(value, LIMITS.example);
  return isWhole ? value : `${text.slice(0, LIMITS.example).toWellFormed()}…`;
}
