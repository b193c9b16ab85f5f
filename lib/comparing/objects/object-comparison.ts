import { types } from 'node:util';
import { prototypeOf } from '../../values/kind-of.js';
import { readClassTraits, UNCLASSED, type ClassTraits } from '../class-traits.js';
import type { Comparer } from '../comparing-task.js';
import { PairTask } from '../cursors.js';
import type { LeftOut } from '../left-out.js';
import { areOfSameKind, areSameInside, readTag } from '../object-content.js';
import { readCryptoKey } from '../platform-content.js';
import { compareContents } from './content-comparison.js';
import { compareLists } from './list-comparison.js';
import { compareRecords } from './record-comparison.js';

/** Levels of nested values that are compared in one piece. */
const LEVELS = 8;

/** Steps that are charged for reading the content of a platform's object. */
const PLATFORM = 64;

/** Compares two objects, or puts them off. Returns false if they differ. */
export function compareObjects(
  comparer: Comparer,
  one: object,
  other: object,
  level: number,
  leftOut: LeftOut | undefined,
): boolean {
  // A pair that was put off already is compared here, so that there is always some progress.
  if (level >= LEVELS || (level > 0 && comparer.quota <= 0)) {
    comparer.push(new PairTask(one, other, leftOut));
    return true;
  }
  const prototype = prototypeOf(one);
  if (prototype === Object.prototype && comparer.rules === undefined) {
    return prototypeOf(other) === prototype && comparePlain(comparer, one, other, level, leftOut);
  }
  const across = prototypeOf(other);
  const isSameClass = prototype === across;
  if (comparer.rules !== undefined) {
    const areEqual = comparer.rules.find(prototype);
    if (areEqual !== comparer.rules.find(across)) return false;
    if (areEqual !== undefined) return comparer.askUser(areEqual, one, other);
    if (comparer.rules.isStructural && !areOfSameKind(one, other)) return false;
  }
  // Each generator function has a prototype of its own.
  if (!isSameClass && !comparer.rules?.isStructural) return areGenerators(one, other) && comparer.giveUpAsUnknown(one, other);
  if (prototype === Array.prototype && isSameClass) return compareItems(comparer, one, other, level, leftOut);
  const traits = classOf(prototype);
  return compareInstances(comparer, one, other, traits, isSameClass ? traits : classOf(across), level, leftOut);
}

function comparePlain(comparer: Comparer, one: object, other: object, level: number, leftOut: LeftOut | undefined): boolean {
  const tag = readTag(one);
  if (tag !== readTag(other)) return false;
  return tag === '[object Object]'
    ? compareRecords(comparer, one, other, level, false, leftOut)
    : compareContents(comparer, one, other, level, leftOut);
}

function compareInstances(
  comparer: Comparer,
  one: object,
  other: object,
  here: ClassTraits,
  there: ClassTraits,
  level: number,
  leftOut: LeftOut | undefined,
): boolean {
  const { platform } = here;
  if (platform?.name !== there.platform?.name) return false;
  if (here.hidesState || there.hidesState) return compareHidden(comparer, one, other, level);
  if (Array.isArray(one)) return compareItems(comparer, one, other, level, leftOut);
  if (platform !== undefined) {
    comparer.quota -= PLATFORM;
    if (platform.isTooLarge(one) || platform.isTooLarge(other)) comparer.giveUp();
    else if (!comparer.pair(platform.read(one), platform.read(other), level + 1)) return false;
    if (platform.isPartial) return comparer.giveUpAsUnknown(one, other);
  } else if (here.isSpecial || there.isSpecial) return compareContents(comparer, one, other, level, leftOut);
  else if (!comparer.rules?.isStructural && readTag(one) !== readTag(other)) return false;
  return compareRecords(comparer, one, other, level, false, leftOut, here);
}

/** Compares two objects of which one has the prototype of a list. */
function compareItems(comparer: Comparer, one: object, other: object, level: number, leftOut: LeftOut | undefined): boolean {
  if (Array.isArray(one)) return Array.isArray(other) && compareLists(comparer, one, other, level, leftOut);
  return !Array.isArray(other) && comparePlain(comparer, one, other, level, leftOut);
}

/** Compares keys, whose content the platform compares. Other hidden state can't be compared. */
function compareHidden(comparer: Comparer, one: object, other: object, level: number): boolean {
  if (types.isKeyObject(one)) return areSameInside(one, other) === true;
  if (types.isCryptoKey(one))
    return types.isCryptoKey(other) && comparer.pair(readCryptoKey(one), readCryptoKey(other), level + 1);
  return comparer.giveUpAsUnknown(one, other);
}

function areGenerators(one: object, other: object): boolean {
  return types.isGeneratorObject(one) && types.isGeneratorObject(other);
}

function classOf(prototype: object | null): ClassTraits {
  return prototype === null ? UNCLASSED : readClassTraits(prototype);
}
