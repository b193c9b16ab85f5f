import type { CandidateObservation, Observation } from '../experiment/observation.js';
import type { Plain } from '../experiment/plain.js';
import type { ExperimentResult } from '../experiment/result.js';
import type { Difference } from './differences/differences.js';
import type { Sample } from './sample.js';
import { newSampleId } from './sample.id.js';

/** What a column of MySQL's type `text` holds, with room for what is around a list, in bytes. */
const COLUMN = 60_000;

/** How a value is kept. */
export interface Keeping {
  /** Whether values may be kept at all. */
  readonly recordValues: boolean;
  /** The largest value that is kept whole, in bytes of JSON. */
  readonly maxValueBytes: number;
}

type PlainRecord = { [key: string]: Plain };

/** Makes what is kept of a candidate's result. */
export function sampleOf(
  result: ExperimentResult,
  candidate: CandidateObservation,
  differences: readonly Difference[],
  keeping: Keeping,
): Sample {
  const { recordValues, maxValueBytes } = keeping;
  const { context = null, diff = null } = candidate.toJSON() as PlainRecord; // an observation is a record
  return {
    id: newSampleId(Date.now()),
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

function kept(observation: Observation, { recordValues, maxValueBytes }: Keeping): Plain {
  const { context: _context, diff: _diff, ...plain } = observation.toJSON() as PlainRecord; // an observation is a record
  if (recordValues) return Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, cut(value, maxValueBytes)]));
  const { value: _value, error: _error, ...rest } = plain;
  return observation.kind === 'threw' && observation.error instanceof Error
    ? { ...rest, error: { name: observation.error.constructor.name } }
    : rest;
}

/** A value as it is, or the beginning of its JSON, with how large it was. */
function cut(value: Plain, limit: number): Plain {
  const bytes = Buffer.from(JSON.stringify(value));
  if (bytes.length <= limit) return value;
  // Half a character at the end becomes one that says so; escaping the text again at most doubles it.
  return { cut: true, bytes: bytes.length, beginning: bytes.subarray(0, Math.floor(limit / 2)).toString() };
}

function fitting(differences: readonly Difference[]): readonly Difference[] {
  let left = COLUMN;
  return differences.filter((one) => (left -= Buffer.byteLength(JSON.stringify(one)) + 1) > 0);
}
