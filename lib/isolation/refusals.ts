import type { CurrentCandidate } from '../experiment/current.js';
import { StudiesError } from '../base/errors.js';

/** Makes the error of a statement that would have reached what a candidate's caller has begun or holds. Makes the run no evidence. */
export function refusedToCaller(candidate: CurrentCandidate): StudiesError {
  candidate.refuse('callersTransaction');
  return new StudiesError(
    'CALLERS_TRANSACTION',
    `A statement of ${named(candidate)} was not sent: it would have run in the transaction, or on the query runner, of its caller. ` +
      'Set inTransaction: "detached" to run such candidates outside of it, where they see what is committed.',
    factsOf(candidate),
  );
}

/** Makes the error of a candidate that can have no connection. Makes the run no evidence. */
export function withoutConnection(candidate: CurrentCandidate, why: string, cause?: unknown): StudiesError {
  candidate.refuse('noConnection');
  return new StudiesError('NO_CONNECTION', `A statement of ${named(candidate)} was not sent: ${why}`, factsOf(candidate), {
    cause,
  });
}

function named({ experiment, candidate }: CurrentCandidate): string {
  return `candidate "${candidate}" of experiment "${experiment}"`;
}

function factsOf({ experiment, candidate }: CurrentCandidate): Record<string, unknown> {
  return { experiment, candidate };
}
