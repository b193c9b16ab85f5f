import type { Observation } from '../../experiment/observation.js';
import { toPlain, type Plain } from '../../experiment/plain.js';
import { differencesBetween, type Difference } from './differences.js';

/**
 * The fields in which two observations differ, at least one. Looked for in what is published of them; where that is the same, in the
 * values themselves, and then without the values.
 */
export function differencesOf(control: Observation, candidate: Observation): readonly Difference[] {
  if (control.kind !== candidate.kind) return [{ path: '$', kind: 'type' }];
  const found = differencesBetween(published(control), published(candidate));
  if (found.length > 0) return found;
  const hidden = differencesBetween(whole(control), whole(candidate)).map(({ path, kind }) => ({ path, kind }));
  return hidden.length > 0 ? hidden : [{ path: '$', kind: 'value' }];
}

function published(observation: Observation): Plain {
  const { value, error } = observation.toJSON() as { value?: Plain; error?: Plain }; // an observation is a record
  return observation.kind === 'returned' ? (value ?? null) : comparable(error ?? null);
}

function whole(observation: Observation): Plain {
  return observation.kind === 'returned' ? toPlain(observation.value) : comparable(toPlain(observation.error));
}

/** What errors are compared by. */
function comparable(error: Plain): Plain {
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return error;
  const { name = null, message = null } = error;
  return { name, message };
}
