import type { CandidateObservation, Observation } from '../../experiment/observation.js';
import type { JsonValue } from '../../values/json-value.js';
import type { ExperimentResult } from '../../experiment/result.js';
import type { ValueDifference } from '../differences/differences.js';
import { jsonPrefix } from '../../values/json-prefix.js';
import type { RecordedResult } from '../storage/recorded-result.js';
import { newSortableId } from '../../base/sortable-id.js';

/** What a column of MySQL's type `text` holds, with room for what is around a list, in bytes. */
const COLUMN = 60_000;

/** How many characters of the name of an error's class are kept. */
const CLASS = 100;

/** How a value is kept. */
export interface Keeping {
  /** Whether values may be kept at all. */
  readonly recordValues: boolean;
  /** The largest value that is kept whole, in bytes of JSON. */
  readonly maxValueBytes: number;
}

type PlainRecord = { [key: string]: JsonValue };

/** Makes what is kept of a candidate's result. */
export function makeRecordedResult(
  result: ExperimentResult,
  candidate: CandidateObservation,
  differences: readonly ValueDifference[],
  keeping: Keeping,
): RecordedResult {
  const { recordValues, maxValueBytes } = keeping;
  const { context = null, diff = null } = candidate.toJSON() as PlainRecord; // an observation is a record
  return {
    id: newSortableId(Date.now()),
    candidate: candidate.name,
    outcome: candidate.outcome,
    ranAt: result.startedAt,
    control: kept(result.control, keeping),
    observed: kept(candidate, keeping),
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

/** The name of an error's class; what the error says of itself may be data. */
function className(error: Error): string {
  const { constructor } = Object.getPrototypeOf(error) as Error; // it is an instance
  return constructor.name.slice(0, CLASS);
}

/** A value as it is, or the beginning of its JSON if that is larger than the limit, in bytes. */
function cut(value: JsonValue, limit: number): JsonValue {
  const { text, isWhole } = jsonPrefix(value, limit);
  const bytes = Buffer.from(text);
  if (isWhole && bytes.length <= limit) return value;
  // It is escaped again as a text, which at most doubles it. What is left of a character at its end is not there.
  const beginning = new TextDecoder().decode(bytes.subarray(0, Math.floor(limit / 2)), { stream: true });
  return { cut: true, beginning };
}

function fitting(differences: readonly ValueDifference[]): readonly ValueDifference[] {
  let left = COLUMN;
  return differences.filter((one) => (left -= Buffer.byteLength(JSON.stringify(one)) + 1) > 0);
}
