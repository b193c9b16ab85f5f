import { ownValue } from '../../values/kind-of.js';
import type { ClassTraits } from '../class-traits.js';
import type { Comparer } from '../comparing-task.js';
import { entryFate, findLeftOut, KeysTask, RecordCursor } from '../cursors.js';
import { OUT, type LeftOut } from '../left-out.js';
import { isEnumerable, listSymbols, listUnlisted } from '../property-names.js';

/** Properties of an object that are compared in one piece. */
const PARTS = 32;

/** Properties above which an object's keys are listed in a piece of their own. Listing takes some 200 ns per key. */
const MANY = 2_000;

/**
 * Compares the properties of two objects other than lists.
 *
 * @param isNoted whether `isKnown` was called for them already
 * @param traits of their class; undefined for those that hold nothing but their enumerable properties, and their content
 */
export function compareRecords(
  comparer: Comparer,
  one: object,
  other: object,
  level: number,
  isNoted: boolean,
  leftOut?: LeftOut,
  traits?: ClassTraits,
): boolean {
  if (comparer.isTooLarge(one) || comparer.isTooLarge(other)) {
    comparer.giveUp();
    return true;
  }
  const keys = Object.keys(one);
  const { length } = keys;
  const symbols = listSymbols(one);
  const more = length > MANY ? undefined : traits?.findMoreState(one, length, symbols.length);
  if (more === 'nowhere' && Reflect.ownKeys(other).length === 0) return comparer.giveUpAsUnknown(one, other);
  if (more === 'unlisted') {
    if (!isNoted && leftOut === undefined && comparer.isKnown(one, other)) return true;
    isNoted = true;
    if (!compareUnlisted(comparer, one, other, level, leftOut)) return false;
  }
  const isLarge = length > MANY;
  if (isLarge) comparer.quota -= length;
  const otherSymbols = listSymbols(other);
  comparer.quota -= symbols.length + otherSymbols.length;
  if (isLarge && leftOut === undefined && symbols.length + otherSymbols.length === 0) {
    if (isNoted || !comparer.isKnown(one, other)) comparer.push(new KeysTask(one, other, keys));
    return true;
  }
  const others = Object.keys(other);
  if (symbols.length > 0 || otherSymbols.length > 0) {
    if (!isNoted && leftOut === undefined && comparer.isKnown(one, other)) return true;
    return compareProperties(comparer, one, other, level, [...keys, ...symbols], [...others, ...otherSymbols], leftOut);
  }
  if (leftOut !== undefined) return compareProperties(comparer, one, other, level, keys, others, leftOut);
  if (length !== others.length) return false;
  if (length > PARTS) {
    if (isNoted || !comparer.isKnown(one, other)) comparer.push(new RecordCursor(one, other, keys));
    return true;
  }
  let isNew = isNoted;
  for (let index = 0; index < length; index += 1) {
    const key = keys[index] as string; // it is within the list
    if (key !== others[index] && !isEnumerable(other, key)) return false;
    const here = (one as Record<string, unknown>)[key]; // an object has properties
    const there = (other as Record<string, unknown>)[key];
    if (!isNew && typeof here === 'object' && here !== null) {
      if (comparer.isKnown(one, other)) return true;
      isNew = true;
    }
    if (!comparer.pair(here, there, level + 1)) return false;
  }
  return true;
}

/** Compares data that two instances keep in properties that are not enumerable. Accessors aren't run. */
function compareUnlisted(comparer: Comparer, one: object, other: object, level: number, leftOut: LeftOut | undefined): boolean {
  const [here, there] = [listUnlisted(one), listUnlisted(other)];
  if (here.length !== there.length) return false;
  return here.every((key) => {
    if (!there.includes(key)) return false;
    const fate = entryFate(leftOut, key);
    if (fate !== OUT) return comparer.pair(ownValue(one, key), ownValue(other, key), level + 1, fate);
    comparer.leave();
    return true;
  });
}

/** Compares properties of two objects for which `isKnown` was called already. */
export function compareProperties(
  comparer: Comparer,
  one: object,
  other: object,
  level: number,
  ones: readonly PropertyKey[],
  others: readonly PropertyKey[],
  leftOut: LeftOut | undefined,
): boolean {
  if (ones.length > PARTS) return compareManyProperties(comparer, one, other, ones, others, leftOut);
  // Number of compared properties that the one has more than the other.
  let surplus = 0;
  const length = Math.max(ones.length, others.length);
  for (let index = 0; index < length; index += 1) {
    const [key, across] = [ones[index], others[index]];
    const fate = key === undefined ? OUT : entryFate(leftOut, key);
    if (key !== across) {
      if (key !== undefined && fate !== OUT) surplus += 1;
      if (across !== undefined && entryFate(leftOut, across) !== OUT) surplus -= 1;
    }
    if (key === undefined || fate === OUT) {
      comparer.leave();
      continue;
    }
    if (key !== across && !isEnumerable(other, key)) return false;
    const inside = fate && findLeftOut(fate, one, other, key);
    if (!comparer.pair(Reflect.get(one, key), Reflect.get(other, key), level + 1, inside)) return false;
  }
  return surplus === 0;
}

function compareManyProperties(
  comparer: Comparer,
  one: object,
  other: object,
  ones: readonly PropertyKey[],
  others: readonly PropertyKey[],
  leftOut: LeftOut | undefined,
): boolean {
  const [here, there] = [ones, others].map((keys) => keys.filter((key) => entryFate(leftOut, key) !== OUT));
  if (here === undefined || here.length !== there?.length) return false;
  comparer.quota -= ones.length + others.length;
  if (here.length < ones.length || here.length < others.length) comparer.leave();
  comparer.push(new RecordCursor(one, other, here, leftOut));
  return true;
}
