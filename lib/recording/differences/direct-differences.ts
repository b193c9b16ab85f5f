import { prototypeOf } from '../../values/kind-of.js';
import { toJsonPart } from '../../values/json-part.js';
import type { JsonValue } from '../../values/json-value.js';
import type { Redaction } from '../../values/redaction/redaction.js';
import { DirectAlignment } from './direct-alignment.js';
import { isDirectComposite, isDirectRecord, isList, showScalar, type DirectRecord } from './direct-content.js';
import { DirectNames } from './direct-names.js';
import { DirectPlace } from './direct-place.js';
import type { DifferenceKind } from './field-difference.js';
import {
  ELSEWHERE,
  LIMITS,
  makeDifference,
  shortened,
  typeName,
  type SeeDifference,
  type ValueDifference,
} from './differences.js';
import { NotDirect } from './not-direct.js';

/**
 * Lists what `differencesBetween` lists for the JSON forms of two values, without making them: only the parts that are told are converted.
 * That takes a small part of the time.
 *
 * @param control value that `readDirectKind` knows, and so is the candidate's
 * @param haveInstances false if both are plain data
 * @returns undefined if the two differ in a part that their JSON forms don't show as it is
 */
export function directDifferences(
  control: unknown,
  candidate: unknown,
  redaction: Redaction | undefined,
  haveInstances = true,
  see?: SeeDifference,
): readonly ValueDifference[] | undefined {
  const walk = new Walk(control, candidate, redaction, haveInstances, see);
  try {
    walk.compare(DirectPlace.root(redaction), control, candidate);
  } catch {
    // It is not direct, or an accessor has thrown.
    return undefined;
  }
  return walk.found;
}

class Walk {
  readonly found: ValueDifference[] = [];
  /** Steps that lead to the current parts. */
  private readonly here: (string | number)[] = [];
  private readonly there: (string | number)[] = [];
  private readonly names: DirectNames;
  private readonly alignment: DirectAlignment;

  constructor(
    private readonly control: unknown,
    private readonly candidate: unknown,
    private readonly redaction: Redaction | undefined,
    private readonly haveInstances: boolean,
    private readonly see: SeeDifference | undefined,
  ) {
    this.names = new DirectNames(redaction);
    this.alignment = new DirectAlignment(redaction, this.names);
  }

  compare(place: DirectPlace, one: unknown, other: unknown): void {
    if (Object.is(one, other) || this.found.length >= LIMITS.entries) return;
    if (isList(one) && isList(other)) this.compareLists(place, one, other);
    else if (isDirectRecord(one) && isDirectRecord(other)) this.compareRecords(place, one, other);
    else this.compareParts(place, one, other);
  }

  private compareParts(place: DirectPlace, one: unknown, other: unknown): void {
    const [here, there] = [one, other].map((part) => (isDirectComposite(part) ? (isList(part) ? [] : {}) : showScalar(part)));
    if (here === undefined || there === undefined) return;
    if (typeName(here) !== typeName(there)) this.add('type', place, one, other);
    // Two dates can be the same.
    else if (here !== there) this.add('value', place, one, other);
    else if (typeof one !== typeof other) throw new NotDirect();
  }

  // Most properties are the same. So neither lists nor functions are made for them: memory that is new is slow.
  private compareRecords(place: DirectPlace, one: DirectRecord, other: DirectRecord): void {
    // As JSON, they are alike.
    if (this.haveInstances && prototypeOf(one) !== prototypeOf(other)) throw new NotDirect();
    let left = 0;
    for (const _ in other) left += 1;
    for (const key in one) {
      if (Object.hasOwn(other, key)) left -= 1;
      else if (!Object.hasOwn(one, key)) continue;
      if (Object.is(one[key], other[key]) && Object.hasOwn(other, key)) continue;
      this.compareProperty(place, one, other, key);
    }
    if (left === 0) return;
    for (const key of Object.keys(other)) if (!Object.hasOwn(one, key)) this.compareProperty(place, one, other, key);
  }

  private compareProperty(place: DirectPlace, one: DirectRecord, other: DirectRecord, key: string): void {
    this.names.refuseNamedProperties(one);
    this.names.refuseNamedProperties(other);
    const at = place.property(key);
    const [here, there] = [readData(one, key), readData(other, key)];
    this.enter(key, key);
    if (here === undefined) this.add('extra', at, undefined, there?.value);
    else if (there === undefined) this.add('missing', at, here.value);
    else this.compare(at, here.value, there.value);
    this.leave();
  }

  private compareLists(place: DirectPlace, one: readonly unknown[], other: readonly unknown[]): void {
    this.names.refuseNamedItems(one);
    this.names.refuseNamedItems(other);
    const found = this.alignment.align(one, other);
    if (found === 'equal') return;
    const { items } = place;
    const comparePair = (here: number, there: number) => {
      this.enter(here, there);
      this.compare(items, one[here], other[there]);
      this.leave();
    };
    if (found === 'inPlace') {
      for (let index = 0; index < one.length; index += 1) comparePair(index, index);
      return;
    }
    if (found.moved) this.add('order', place, one, other);
    for (const [here, there] of found.pairs) comparePair(here, there);
    for (const index of found.missing) this.addItem('missing', items, index, one[index]);
    for (const index of found.extra) this.addItem('extra', items, index, other[index]);
  }

  private addItem(kind: 'missing' | 'extra', place: DirectPlace, index: number, item: unknown): void {
    this.enter(index, index);
    this.add(kind, place, item, item);
    this.leave();
  }

  /** Goes to a part. */
  private enter(here: string | number, there: string | number): void {
    this.here.push(here);
    this.there.push(there);
  }

  private leave(): void {
    this.here.pop();
    this.there.pop();
  }

  private add(kind: DifferenceKind, place: DirectPlace, one?: unknown, other?: unknown): void {
    const isNew = !place.kinds.has(kind) && this.found.length < LIMITS.entries;
    const { mayBeHidden } = place;
    if (!isNew && this.see === undefined && !mayBeHidden) return;
    const isWhole = this.see !== undefined && kind !== 'order';
    const control = kind === 'extra' ? undefined : this.show(place, this.control, this.here, one, isWhole || mayBeHidden);
    const candidate =
      kind === 'missing' ? undefined : this.show(place, this.candidate, this.there, other, isWhole || mayBeHidden);
    // What differs in them is not shown.
    if (kind === 'value' && control === candidate) throw new NotDirect();
    this.see?.(kind === 'order' ? { path: place.path, kind } : makeDifference(place.path, kind, control, candidate));
    if (!isNew) return;
    place.kinds.add(kind);
    const [here, there] = [control, candidate].map((value) => (value === undefined ? undefined : shortened(value)));
    this.found.push(makeDifference(place.path, kind, here, there));
    if (this.found.length >= LIMITS.entries) this.see?.(ELSEWHERE);
  }

  /** Returns the JSON form of a part, or as much of it as examples show. */
  private show(
    place: DirectPlace,
    root: unknown,
    steps: readonly (string | number)[],
    part: unknown,
    isWhole: boolean,
  ): JsonValue {
    if (!place.mayBeHidden && !isDirectComposite(part)) {
      const shown = showScalar(part);
      return typeof shown === 'string' ? (this.redaction?.text(shown.toWellFormed()) ?? shown.toWellFormed()) : shown;
    }
    const shown = toJsonPart(root, steps, this.redaction, isWhole ? undefined : LIMITS.example);
    if (shown === undefined) throw new NotDirect();
    return shown;
  }
}

/** Reads a property, unless it is an accessor; undefined if there is none. */
function readData(record: DirectRecord, key: string): { readonly value: unknown } | undefined {
  const property = Object.getOwnPropertyDescriptor(record, key);
  if (property === undefined) return undefined;
  if (!('value' in property)) throw new NotDirect();
  return { value: property.value };
}
