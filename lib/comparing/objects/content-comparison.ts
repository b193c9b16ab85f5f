import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { viewBytes } from '../../values/binary.js';
import { listErrorFields, readAnswer } from '../../values/error-fields.js';
import { hasContent } from '../../values/kind-of.js';
import { countMembers, MapTask, PruningTask, SetTask } from '../collections.js';
import type { Comparer } from '../comparing-task.js';
import { BytesCursor, entryFate } from '../cursors.js';
import { OUT, type LeftOut } from '../left-out.js';
import { areSameInside, isError, viewKind, viewLength } from '../object-content.js';
import { isEnumerable, listNames } from '../property-names.js';
import { compareProperties, compareRecords } from './record-comparison.js';

/** Longest boxed text that is compared, in characters: each is a property. */
const TEXT = 4_096;

/** Largest binary data that is compared in one step, in bytes. */
const BYTES = 16_384;

/** Steps that are charged for an object of a special kind, and for searching its properties. */
const CONTENT = 8;
const NAMES = 64;

/** Compares two objects of a special kind: their internal content, and their properties. */
export function compareContents(
  comparer: Comparer,
  one: object,
  other: object,
  level: number,
  leftOut: LeftOut | undefined,
): boolean {
  // Finding out the kind takes a while.
  comparer.quota -= CONTENT;
  if (types.isDate(one)) return areSameInside(one, other) === true && compareRecords(comparer, one, other, level, false);
  if (types.isSet(one)) return types.isSet(other) && compareSets(comparer, one, other, level, leftOut);
  if (types.isMap(one)) return types.isMap(other) && compareMaps(comparer, one, other, level, leftOut);
  if (ArrayBuffer.isView(one)) return ArrayBuffer.isView(other) && compareViews(comparer, one, other, level);
  if (isError(one))
    return isError(other) && compareErrors(comparer, one, other, level, leftOut?.isOfThrown ? leftOut : undefined);
  if (types.isStringObject(one)) {
    const { length } = String.prototype.valueOf.call(one);
    if (length > TEXT) return types.isStringObject(other) && giveUpAsEqual(comparer);
    comparer.quota -= length;
  }
  const areSame = types.isAnyArrayBuffer(one)
    ? types.isAnyArrayBuffer(other) && compareBytes(comparer, one, other)
    : (areSameInside(one, other) ?? comparer.giveUpAsUnknown(one, other));
  return areSame && compareRecords(comparer, one, other, level, false, hasNoFields(one, leftOut) ? undefined : leftOut);
}

function compareSets(
  comparer: Comparer,
  one: Set<unknown>,
  other: Set<unknown>,
  level: number,
  leftOut: LeftOut | undefined,
): boolean {
  if (leftOut !== undefined) comparer.push(new PruningTask(one, other, leftOut));
  else {
    if (countMembers(one) !== countMembers(other) || comparer.areKnownToDiffer(one, other)) return false;
    if (comparer.isKnown(one, other)) return true;
    comparer.push(new SetTask(one, other));
  }
  return compareRecords(comparer, one, other, level, true);
}

function compareMaps(
  comparer: Comparer,
  one: Map<unknown, unknown>,
  other: Map<unknown, unknown>,
  level: number,
  leftOut: LeftOut | undefined,
): boolean {
  // Where entries are ignored by their place, the same key may be at another place in the other map.
  if (leftOut?.namesItems) {
    comparer.push(new PruningTask(one, other, leftOut));
  } else {
    if (leftOut === undefined) {
      if (countMembers(one) !== countMembers(other) || comparer.areKnownToDiffer(one, other)) return false;
      if (comparer.isKnown(one, other)) return true;
    }
    comparer.push(new MapTask(one, other, leftOut));
  }
  return compareRecords(comparer, one, other, level, true);
}

function compareViews(comparer: Comparer, one: ArrayBufferView, other: ArrayBufferView, level: number): boolean {
  if (viewKind(one) !== viewKind(other) || one.byteLength !== other.byteLength) return false;
  const [here, there] = [one, other].map((view) => listNames(view, viewLength(view)));
  comparer.quota -= NAMES;
  if (here === undefined || there === undefined) return giveUpAsEqual(comparer);
  return compareBytes(comparer, one, other) && compareProperties(comparer, one, other, level, here, there, undefined);
}

function compareBytes(
  comparer: Comparer,
  one: ArrayBufferLike | ArrayBufferView,
  other: ArrayBufferLike | ArrayBufferView,
): boolean {
  if (one.byteLength !== other.byteLength) return false;
  const [here, there] = [viewBytes(one), viewBytes(other)];
  if (one.byteLength <= BYTES) return Buffer.compare(here, there) === 0;
  comparer.push(new BytesCursor(here, there));
  return true;
}

/** Compares the parts of errors that are not enumerable, and then the properties that say what went wrong. */
function compareErrors(comparer: Comparer, one: Error, other: Error, level: number, leftOut: LeftOut | undefined): boolean {
  if (leftOut === undefined && comparer.isKnown(one, other)) return true;
  for (const key of ['message', 'name', 'cause', 'errors']) {
    const isProperty = isEnumerable(one, key);
    if (isProperty !== isEnumerable(other, key)) return false;
    const fate = entryFate(leftOut, key);
    if (fate === OUT) comparer.leave();
    else if (!isProperty && !comparer.pair(Reflect.get(one, key), Reflect.get(other, key), level + 1, fate)) return false;
  }
  const fate = entryFate(leftOut, 'response');
  if (fate !== OUT && !comparer.pair(readAnswer(one), readAnswer(other), level + 1, fate)) return false;
  return compareProperties(comparer, one, other, level, listErrorFields(one), listErrorFields(other), leftOut);
}

function giveUpAsEqual(comparer: Comparer): true {
  comparer.giveUp();
  return true;
}

/** Decides whether an object has content beside its fields, so that fields of it can't be ignored. */
function hasNoFields(object: object, leftOut: LeftOut | undefined): boolean {
  return leftOut !== undefined && hasContent(object);
}
