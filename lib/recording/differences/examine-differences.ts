import type { Steps } from '../../base/steps.js';
import type { ResolvedOptions } from '../../experiment/definition.js';
import type { Observation } from '../../experiment/observation.js';
import { listErrorFields } from '../../values/error-fields.js';
import { readDirectKind } from '../../values/direct-data.js';
import type { JsonValue } from '../../values/json-value.js';
import { directDifferences } from './direct-differences.js';
import { differencesBetween, ELSEWHERE, type ValueDifference } from './differences.js';
import { isExplained, isWhole } from './explained-difference.js';
import { unseenDifferences } from './unseen-differences.js';

/** Result of examining two observations. */
export interface Examined {
  /** Fields that differ, at least one. */
  readonly fields: readonly ValueDifference[];
  /** Each place in which they differ, with the values as a whole, if they are known. */
  readonly places: readonly ValueDifference[];
}

/** Path that stands for an error, or for a timeout, where the other side has none. */
export const ERROR = '$error';

/** Options that decide how an experiment's differences are examined. */
export type Examining = Pick<ResolvedOptions, 'clean' | 'redaction' | 'noise' | 'equality'>;

/**
 * Finds the fields in which two observations differ, in steps. The published values are compared first.
 * If those are equal, the raw values are compared, and the differences are reported without values. Anything that `clean`
 * withholds is not named.
 *
 * @param ignored fields that are left out of the comparison
 */
export function* examineDifferences(
  control: Observation,
  candidate: Observation,
  options: Examining,
  ignored: readonly string[],
): Steps<Examined> {
  if (options.noise > 0 && (control.kind !== candidate.kind || candidate.outcome === 'timedOut')) {
    const difference: ValueDifference = {
      path: ERROR,
      kind: 'type',
      control: errorText(control),
      candidate: errorText(candidate),
    };
    return { fields: [difference], places: [difference] };
  }
  if (control.kind !== candidate.kind) return { fields: [{ path: '$', kind: 'type' }], places: [] };
  const direct = readDirectly(control, candidate, options);
  const { seen, places, isAll } = direct ?? (yield* readPublished(control, candidate, options));
  yield;
  const all = seen.length > 0 && isAll ? seen : addUnseen(seen, control, candidate, options);
  const differences = all.some((one) => isIgnored(one, ignored)) ? all.filter((one) => !isIgnored(one, ignored)) : all;
  if (differences.length === 0) return { fields: [ELSEWHERE], places: [ELSEWHERE] };
  if (options.noise === 0) return { fields: differences, places: [] };
  const unseen = differences.filter((one) => !seen.includes(one));
  yield;
  // Fields that are noise excuse a run only if nothing else differs in it, published or not.
  const isKnown = direct?.isPlain === true && differences === seen;
  const rest = isExplained(control, candidate, differences, options.equality, isKnown) ? [] : [ELSEWHERE];
  return {
    fields: [...differences, ...rest],
    places: [...places.filter((one) => !isIgnored(one, ignored)), ...unseen, ...rest],
  };
}

/** Fields in which published values differ. */
interface Seen extends Pick<Examined, 'places'> {
  readonly seen: readonly ValueDifference[];
  /** False if the published values may not show all that differs. */
  readonly isAll: boolean;
}

/** Fields that are read from values directly. */
interface DirectlySeen extends Seen {
  /** True if the values are plain data, and published as they are. */
  readonly isPlain: boolean;
}

/** Reads what `readPublished` reads, without making the published values; undefined if they are needed. */
function readDirectly(control: Observation, candidate: Observation, { redaction, noise }: Examining): DirectlySeen | undefined {
  if (control.kind !== 'returned' || candidate.kind !== 'returned') return undefined;
  const isHiding = (prototype: object) => redaction?.hiddenOf(prototype) !== undefined;
  const values: unknown[] = [];
  let isPlain = true;
  let haveInstances = false;
  for (const observation of [control, candidate]) {
    const isKept = observation.keepsPlainData && readDirectKind(observation.value, isHiding) === 'plain';
    const value = isKept ? observation.value : observation.clean();
    const kind = isKept ? 'plain' : readDirectKind(value, isHiding);
    if (kind === undefined) return undefined;
    haveInstances ||= kind === 'instances';
    isPlain &&= kind === 'plain' && value === observation.value;
    values.push(value);
  }
  const places: ValueDifference[] = [];
  const [one, other] = values;
  const seen = directDifferences(one, other, redaction, haveInstances, noise > 0 ? (place) => places.push(place) : undefined);
  return seen && { seen, places, isAll: true, isPlain };
}

/** Compares the published values, in steps. */
function* readPublished(control: Observation, candidate: Observation, { noise }: Examining): Steps<Seen> {
  const here = published(control);
  yield;
  const there = published(candidate);
  yield;
  const places: ValueDifference[] = [];
  const seen = differencesBetween(here, there, noise > 0 ? (place) => places.push(place) : undefined);
  yield;
  return { seen, places, isAll: isWhole(here) && isWhole(there) };
}

/** Describes how a behaviour failed: an error by its class and message. */
function errorText(observation: Observation): string {
  if (observation.outcome === 'timedOut') return 'timed out';
  if (observation.kind === 'returned') return 'returned';
  const error = published(observation);
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return JSON.stringify(error);
  return JSON.stringify([error['name'], error['message']]);
}

/** Adds the fields that differ only in what is not published, without their values. */
function addUnseen(
  seen: readonly ValueDifference[],
  control: Observation,
  candidate: Observation,
  { clean, redaction, equality }: Examining,
): readonly ValueDifference[] {
  if (clean !== undefined) return seen;
  // Items of lists that have moved, come or gone are not compared with those that are now in their places.
  const moved = seen.filter(({ path, kind }) => kind === 'order' || (kind !== 'value' && path.endsWith('[*]')));
  const lists = moved.map(({ path }) => path.replace(/\[\*\]$/, ''));
  const unseen = unseenDifferences(observed(control), observed(candidate), { redaction, equality });
  return [
    ...seen,
    ...unseen.filter(
      (one) =>
        !isIgnored(one, lists) && !seen.some(({ path, kind }) => path === one.path && (kind === one.kind || kind === 'value')),
    ),
  ];
}

function observed(observation: Observation): unknown {
  return observation.kind === 'returned' ? observation.value : observation.error;
}

function published(observation: Observation): JsonValue {
  const { value, error } = observation.toJSON() as { value?: JsonValue; error?: JsonValue }; // an observation is a record
  return observation.kind === 'returned' ? (value ?? null) : comparable(error ?? null);
}

/** Reduces an error, and those that it holds, to the properties by which errors are compared. */
function comparable(error: JsonValue): JsonValue {
  if (typeof error !== 'object' || error === null || Array.isArray(error) || !('stack' in error)) return error;
  const { name = null, message = null, cause, errors } = error;
  const others = Object.fromEntries(listErrorFields(error).map((key) => [key, error[key] ?? null]));
  return {
    ...others,
    name,
    message,
    ...(cause === undefined ? {} : { cause: comparable(cause) }),
    ...(Array.isArray(errors) ? { errors: errors.map(comparable) } : {}),
  };
}

function isIgnored({ path }: ValueDifference, ignored: readonly string[]): boolean {
  return ignored.some((one) => path === one || (path.startsWith(one) && ['.', '['].includes(path.charAt(one.length))));
}
