import type { ResolvedOptions } from '../../experiment/definition.js';
import type { Observation } from '../../experiment/observation.js';
import { toJsonValue, type JsonValue } from '../../values/json-value.js';
import { differencesBetween, ELSEWHERE, type ValueDifference } from './differences.js';
import { isExplained } from './explained-difference.js';

/** Options that decide how an experiment's differences are examined. */
export type Examining = Pick<ResolvedOptions, 'clean' | 'redaction' | 'noise'>;

/**
 * Lists the fields in which two observations differ; the list has at least one entry. The published values are compared first.
 * If those are equal, the raw values are compared, and the differences are reported without values. Anything that `clean`
 * withholds is not named.
 *
 * @param ignored fields that are left out of the comparison
 */
export function examineDifferences(
  control: Observation,
  candidate: Observation,
  options: Examining,
  ignored: readonly string[],
): readonly ValueDifference[] {
  if (control.kind !== candidate.kind) return [{ path: '$', kind: 'type' }];
  const found = differencesBetween(published(control), published(candidate)).filter((one) => !isIgnored(one, ignored));
  const differences = found.length > 0 ? found : hidden(control, candidate, options, ignored);
  if (differences.length === 0) return [ELSEWHERE];
  // Fields that are noise excuse a run only if nothing else differs in it, published or not.
  return options.noise > 0 && !isExplained(control, candidate, differences) ? [...differences, ELSEWHERE] : differences;
}

/** Lists the fields that differ only in what is not published, without their values. */
function hidden(control: Observation, candidate: Observation, { clean, redaction }: Examining, ignored: readonly string[]) {
  if (clean !== undefined || control.kind === 'threw' || candidate.kind === 'threw') return [];
  return differencesBetween(toJsonValue(control.value, redaction), toJsonValue(candidate.value, redaction))
    .filter((one) => !isIgnored(one, ignored))
    .map(({ path, kind }) => ({ path, kind }));
}

function published(observation: Observation): JsonValue {
  const { value, error } = observation.toJSON() as { value?: JsonValue; error?: JsonValue }; // an observation is a record
  return observation.kind === 'returned' ? (value ?? null) : comparable(error ?? null);
}

/** Reduces an error to the properties by which errors are compared. */
function comparable(error: JsonValue): JsonValue {
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return error;
  const { name = null, message = null } = error;
  return { name, message };
}

function isIgnored({ path }: ValueDifference, ignored: readonly string[]): boolean {
  return ignored.some((one) => path === one || (path.startsWith(one) && ['.', '['].includes(path.charAt(one.length))));
}
