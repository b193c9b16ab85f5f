import type { Comparer } from '../comparing-task.js';
import { isSameHole, ListCursor } from '../cursors.js';
import type { LeftOut } from '../left-out.js';
import { listNames } from '../property-names.js';
import { compareProperties } from './record-comparison.js';

/** Items of a list that are compared in one piece. */
const PARTS = 32;

/** Steps that are charged for searching a list for named properties. */
const NAMES = 64;

/** Compares two lists: their items, and the properties beside them. */
export function compareLists(
  comparer: Comparer,
  one: unknown[],
  other: unknown[],
  level: number,
  leftOut: LeftOut | undefined,
): boolean {
  const { length } = one;
  if (leftOut === undefined ? length !== other.length : leftOut.countKept(length) !== leftOut.countKept(other.length))
    return false;
  const names = listNames(one, length);
  const others = listNames(other, other.length);
  if (length > PARTS) comparer.quota -= NAMES;
  let isNoted = leftOut !== undefined;
  if (names === undefined || others === undefined) comparer.giveUp();
  else if (names.length + others.length > 0) {
    if (!isNoted && comparer.isKnown(one, other)) return true;
    isNoted = true;
    if (!compareProperties(comparer, one, other, level, names, others, leftOut)) return false;
  }
  if (length > PARTS || leftOut !== undefined) {
    if (!isNoted && comparer.isKnown(one, other)) return true;
    comparer.push(new ListCursor(one, other, leftOut));
    return true;
  }
  for (let index = 0; index < length; index += 1) {
    const [here, there]: [unknown, unknown] = [one[index], other[index]];
    if (here === undefined && !isSameHole(one, other, index)) return false;
    if (!isNoted && typeof here === 'object' && here !== null) {
      if (comparer.isKnown(one, other)) return true;
      isNoted = true;
    }
    if (!comparer.pair(here, there, level + 1)) return false;
  }
  return true;
}
