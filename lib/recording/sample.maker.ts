import type { CandidateObservation, Observation } from '../experiment/observation.js';
import type { Plain } from '../experiment/plain.js';
import type { ExperimentResult } from '../experiment/result.js';
import type { Difference } from './differences/differences.js';
import type { Sample } from './sample.js';

/** What a column of MySQL's type `text` holds, with room for what says that something is cut, in bytes. */
const COLUMN = 60_000;

/** How a value is kept. */
export interface Keeping {
  /** Whether values may be kept at all. */
  readonly values: boolean;
  /** The largest value that is kept whole, in bytes of JSON. */
  readonly maxValueBytes: number;
}

/** Makes what is kept of a candidate's result. */
export function sampleOf(
  result: ExperimentResult,
  candidate: CandidateObservation,
  differences: readonly Difference[],
  keeping: Keeping,
): Omit<Sample, 'id'> {
  return {
    candidate: candidate.name,
    outcome: candidate.outcome,
    ranAt: result.startedAt,
    control: kept(result.control, keeping),
    observed: kept(candidate, keeping),
    context: keeping.values ? cut((candidate.toJSON() as { context: Plain }).context, keeping.maxValueBytes) : {}, // it has one
    diff: null,
    differences: fitting(keeping.values ? differences : differences.map(({ path, kind }) => ({ path, kind }))),
  };
}

function kept(observation: Observation, { values, maxValueBytes }: Keeping): Plain {
  const { context: _, ...plain } = observation.toJSON() as { [key: string]: Plain }; // an observation is a record
  if (!values) {
    const { value: _value, error: _error, ...rest } = plain;
    return observation.kind === 'threw' && observation.error instanceof Error
      ? { ...rest, error: { name: observation.error.constructor.name } }
      : rest;
  }
  return Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, cut(value, maxValueBytes)]));
}

/** A value as it is, or the beginning of its JSON, with how large it was. */
function cut(value: Plain, limit: number): Plain {
  const json = JSON.stringify(value);
  const bytes = Buffer.from(json);
  if (bytes.length <= limit) return value;
  // Half a character at the end becomes one that says so; escaping the text again at most doubles it.
  const beginning = bytes.subarray(0, Math.floor(limit / 2)).toString();
  return { cut: true, bytes: bytes.length, beginning };
}

function fitting(differences: readonly Difference[]): readonly Difference[] {
  let left = COLUMN;
  return differences.filter((one) => (left -= Buffer.byteLength(JSON.stringify(one)) + 1) > 0);
}
