import type { Steps } from '../../base/steps.js';
import type { CandidateObservation, Observation } from '../../experiment/observation.js';
import type { JsonValue } from '../../values/json-value.js';
import type { ExperimentResult } from '../../experiment/result.js';
import type { ValueDifference } from '../differences/differences.js';
import { jsonPrefix } from '../../values/json-prefix.js';
import type { RecordedResult } from '../storage/recorded-result.js';
import { newSortableId } from '../../base/sortable-id.js';

/** Usable size of a MySQL column of type `text`, in bytes, with room for the punctuation of a list. */
const COLUMN = 60_000;

/** Largest length of an error's class name, in characters. */
const CLASS = 100;

/** Settings for keeping values. */
export interface Keeping {
  /** False if no values may be kept at all. */
  readonly recordValues: boolean;
  /** Largest value that is kept whole, in bytes of JSON. */
  readonly maxValueBytes: number;
}

type PlainRecord = { [key: string]: JsonValue };

/** Builds the recorded result of a candidate, in steps. */
export function* makeRecordedResult(
  result: ExperimentResult,
  candidate: CandidateObservation,
  differences: readonly ValueDifference[],
  keeping: Keeping,
): Steps<RecordedResult> {
  const { recordValues, maxValueBytes } = keeping;
  yield;
  const control = kept(result.control, keeping);
  yield;
  const observed = kept(candidate, keeping);
  yield;
  const { context = null, diff = null } = candidate.toJSON() as PlainRecord; // an observation is a record
  return {
    id: newSortableId(Date.now()),
    candidate: candidate.name,
    outcome: candidate.outcome,
    ranAt: result.startedAt,
    control,
    observed,
    context: recordValues ? cut(context, maxValueBytes) : {},
    differences: fitting(recordValues ? differences : differences.map(({ path, kind }) => ({ path, kind }))),
    diff: recordValues ? cut(diff, maxValueBytes) : null,
  };
}

function kept(observation: Observation, { recordValues, maxValueBytes }: Keeping): JsonValue {
  const { context: _context, diff: _diff, ...plain } = observation.toJSON() as PlainRecord; // an observation is a record
  if (recordValues) return Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, cut(value, maxValueBytes)]));
  const { value: _value, error: _error, ...rest } = plain;
  return observation.kind === 'threw' && observation.error instanceof Error
    ? { ...rest, error: { name: className(observation.error) } }
    : rest;
}

/** Returns the name of an error's class. The error's own `name` is not used, because it may be data. */
function className(error: Error): string {
  const { constructor } = Object.getPrototypeOf(error) as Error; // it is an instance
  return constructor.name.slice(0, CLASS);
}

/** Returns a value unchanged, or the beginning of its JSON if that exceeds the limit, in bytes. */
function cut(value: JsonValue, limit: number): JsonValue {
  const { text, isWhole } = jsonPrefix(value, limit);
  const bytes = Buffer.from(text);
  if (isWhole && bytes.length <= limit) return value;
  // The text is escaped again, which at most doubles it. An incomplete character at its end is dropped.
  const beginning = new TextDecoder().decode(bytes.subarray(0, Math.floor(limit / 2)), { stream: true });
  return { cut: true, beginning };
}

function fitting(differences: readonly ValueDifference[]): readonly ValueDifference[] {
  let left = COLUMN;
  return differences.filter((one) => (left -= Buffer.byteLength(JSON.stringify(one)) + 1) > 0);
}
