import { createHash } from 'node:crypto';
import type { JsonValue } from '../../values/json-value.js';
import { ELSEWHERE, type ValueDifference } from '../differences/differences.js';
import { distanceBetween, NEGLIGIBLE, type Distance } from './value-distance.js';

/** Largest number of values of a field. A field with more gives new ones again and again, so that a value proves nothing. */
const VALUES = 24;

/** Longest value that is recognised, in characters of JSON. */
const LONGEST = 1_000;

/** Distances up to so many times the largest known one are taken for noise as well. */
const REACH = 2;

/** Likeness of two results: the same; different as the control is from itself; or different in another way. */
export type Likeness = 'same' | 'excused' | 'differs';

/** Values that the control gave in one field when it differed from itself. */
export class FieldNoise {
  /** Hashes of the values; undefined if there are too many. */
  private values: number[] | undefined = [];
  private readonly largest = { share: -1, ms: -1 };

  learn(place: ValueDifference): void {
    const distance = distanceBetween(place.control, place.candidate);
    if (distance !== undefined) this.largest[distance.unit] = Math.max(this.largest[distance.unit], distance.size);
    for (const side of ['control', 'candidate'] as const) this.add(hashOf(place, side));
  }

  judge(place: ValueDifference): Likeness {
    const distance = distanceBetween(place.control, place.candidate);
    const isWithin = distance !== undefined && distance.size <= REACH * this.largest[distance.unit];
    if (isWithin && this.isNegligible(distance)) return 'same';
    if (this.values === undefined) return isWithin ? 'excused' : 'differs';
    const hash = hashOf(place, 'candidate');
    return hash !== undefined && this.values.includes(hash) ? 'excused' : 'differs';
  }

  private isNegligible({ unit }: Distance): boolean {
    return this.largest[unit] <= NEGLIGIBLE[unit];
  }

  private add(hash: number | undefined): void {
    if (hash === undefined || this.values?.includes(hash) !== false) return;
    if (this.values.length < VALUES) this.values.push(hash);
    else this.values = undefined;
  }
}

/** Hashes what one side gave in a place to 48 bits; undefined if that is not known. */
function hashOf({ path, kind, ...values }: ValueDifference, side: 'control' | 'candidate'): number | undefined {
  if (path.endsWith(ELSEWHERE.path)) return undefined;
  if (kind === 'order') return hash('order');
  const isAbsent = kind === (side === 'control' ? 'extra' : 'missing');
  // An item that is missing from a list is told from others. A missing property is the only one of its name.
  if (isAbsent && !path.endsWith('[*]')) return hash('absent');
  const value = isAbsent ? values[side === 'control' ? 'candidate' : 'control'] : values[side];
  const text = value === undefined ? undefined : textOf(value);
  return text === undefined ? undefined : hash(`${isAbsent ? 'without' : 'with'} ${text}`);
}

function textOf(value: JsonValue): string | undefined {
  const text = JSON.stringify(value);
  return text.length > LONGEST ? undefined : text;
}

function hash(text: string): number {
  return createHash('sha1').update(text).digest().readUIntBE(0, 6);
}
