import { areBrieflyEqual } from '../../comparing/brief-equality.js';
import { LeftOut } from '../../comparing/left-out.js';
import type { EqualityRules } from '../../values/equality-rules.js';
import { IgnoredFields } from '../../values/ignored-fields.js';
import type { Observation } from '../../experiment/observation.js';
import { toJsonValue, type JsonValue } from '../../values/json-value.js';
import { differencesBetween, ELSEWHERE, LIMITS, type ValueDifference } from './differences.js';

/** Matches the placeholders that `toJsonValue` writes for values that it omits. */
const OMITTED = /^\[.*\]$|^… |… \(/su;

/**
 * Decides whether the given differences are the only ones between two observations, published or not.
 *
 * @param isKnown whether they are all differences that there are, unless there are too many to list
 */
export function isExplained(
  control: Observation,
  candidate: Observation,
  found: readonly ValueDifference[],
  equality?: EqualityRules,
  isKnown = false,
): boolean {
  if (control.kind === 'threw' || candidate.kind === 'threw') return true;
  const values = [control.value, candidate.value] as const;
  if (values.some((value) => typeof value !== 'object' || value === null)) return true;
  if (found.some(({ path }) => path.endsWith(ELSEWHERE.path))) return false;
  if (isKnown) return found.length < LIMITS.entries;
  if (found.some(isCoarse)) return isFullyExplained(...values, found);
  const fields = IgnoredFields.of(found.map(({ path }) => path));
  return areBrieflyEqual(...values, LeftOut.of(fields === undefined ? [] : [fields]), equality);
}

/**
 * Decides whether leaving the field out would omit more than the difference itself: the whole value, or all items of a list.
 */
function isCoarse({ path, kind }: ValueDifference): boolean {
  return path === '$' || kind === 'order' || path.endsWith('[*]');
}

/** Decides whether two values are represented completely, and comparing them yields exactly the given differences. */
function isFullyExplained(control: unknown, candidate: unknown, found: readonly ValueDifference[]): boolean {
  const [one, other] = [toJsonValue(control), toJsonValue(candidate)];
  const keysOf = (all: readonly ValueDifference[]) => all.map(({ path, kind }) => `${kind} ${path}`).sort();
  return isWhole(one) && isWhole(other) && keysOf(differencesBetween(one, other)).join('\n') === keysOf(found).join('\n');
}

/** Decides whether a JSON form shows all of its value. */
export function isWhole(plain: JsonValue): boolean {
  if (typeof plain === 'string') return !OMITTED.test(plain);
  if (typeof plain !== 'object' || plain === null) return true;
  return Object.keys(plain).every((key) => key !== '…') && Object.values(plain).every(isWhole);
}
