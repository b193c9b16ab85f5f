import { StudiesError } from '../base/errors.js';
import type { Observation } from './observation.js';
import type { JsonValue } from '../values/json-value.js';
import type { ExperimentResult } from './result.js';

/**
 * Error that `raiseOnMismatch` throws. It names the experiment, prints the cleaned observations (with the stack of one that threw), and
 * carries the result. `toJSON` turns it into JSON.
 *
 * @publicApi
 */
export class MismatchError extends StudiesError {
  override readonly name = 'MismatchError';

  constructor(readonly result: ExperimentResult) {
    const observations = [result.control, ...result.candidates.filter(({ outcome }) => outcome !== 'matched')];
    super(
      'MISMATCH',
      `Experiment "${result.experiment}" has observations that differ:\n${observations.map(printObservation).join('\n')}`,
      { experiment: result.experiment },
    );
    // A result can hold values that a test runner can't send to another process. So it is not enumerable.
    Object.defineProperty(this, 'result', { enumerable: false });
  }

  toJSON(): JsonValue {
    return { name: this.name, code: this.code, message: this.message, result: this.result.toJSON() };
  }
}

function printObservation(observation: Observation): string {
  const { error } = observation.toJSON() as { error?: JsonValue }; // an observation is a record
  const stack = typeof error === 'object' && error !== null && !Array.isArray(error) ? error['stack'] : undefined;
  const lines = observation.kind === 'threw' && typeof stack === 'string' ? stack.split('\n') : [];
  return [`  ${observation.toString()}`, ...lines.map((line) => `    ${line}`)].join('\n');
}
