import { areBrieflyEqual } from '../../comparing/briefly.js';
import { LeftOut } from '../../comparing/left-out.js';
import { IgnoredFields } from '../../values/ignored-fields.js';
import type { Observation } from '../../experiment/observation.js';
import { toJsonValue, type JsonValue } from '../../values/json-value.js';
import { differencesBetween, ELSEWHERE, type ValueDifference } from './differences.js';

/** What `toJsonValue` writes in place of what it does not tell. */
const UNTOLD = /^\[.*\]$|^… |… \(/su;

/** Whether two observations are the same but for the fields that were found to differ: nothing else differs in them, seen or unseen. */
export function isExplained(control: Observation, candidate: Observation, found: readonly ValueDifference[]): boolean {
  if (control.kind === 'threw' || candidate.kind === 'threw') return true;
  const values = [control.value, candidate.value] as const;
  if (values.some((value) => typeof value !== 'object' || value === null)) return true;
  if (found.some(({ path }) => path.endsWith(ELSEWHERE.path))) return false;
  if (found.some(isCoarse)) return isToldBy(...values, found);
  const fields = IgnoredFields.of(found.map(({ path }) => path));
  return areBrieflyEqual(...values, LeftOut.of(fields === undefined ? [] : [fields]));
}

/** Whether leaving the field out would leave out more than what was found: all of the value, or all items of a list. */
function isCoarse({ path, kind }: ValueDifference): boolean {
  return path === '$' || kind === 'order' || path.endsWith('[*]');
}

/** Whether the whole of two values was looked at, and the same was found there. */
function isToldBy(control: unknown, candidate: unknown, found: readonly ValueDifference[]): boolean {
  const [one, other] = [toJsonValue(control), toJsonValue(candidate)];
  const keysOf = (all: readonly ValueDifference[]) => all.map(({ path, kind }) => `${kind} ${path}`).sort();
  return isWhole(one) && isWhole(other) && keysOf(differencesBetween(one, other)).join('\n') === keysOf(found).join('\n');
}

function isWhole(plain: JsonValue): boolean {
  if (typeof plain === 'string') return !UNTOLD.test(plain);
  if (typeof plain !== 'object' || plain === null) return true;
  return Object.keys(plain).every((key) => key !== '…') && Object.values(plain).every(isWhole);
}
