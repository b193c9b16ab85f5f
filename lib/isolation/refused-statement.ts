import type { CandidateContext } from '../experiment/run-context.js';
import { StudiesError } from '../base/errors.js';

/** Makes the error about a statement that would have reached its caller's transaction or query runner. The run becomes no evidence. */
export function refusedToCaller(candidate: CandidateContext): StudiesError {
  candidate.refuse('callersTransaction');
  return new StudiesError(
    'CALLERS_TRANSACTION',
    `A statement of ${describeCandidate(candidate)} was not sent: it would have run in the transaction, or on the query runner, of its caller. ` +
      'Set inTransaction: "detached" to run such candidates outside of it, where they see committed data.',
    listFacts(candidate),
  );
}

/** Makes the error about a candidate that can have no connection. The run becomes no evidence. */
export function withoutConnection(candidate: CandidateContext, why: string, cause?: unknown): StudiesError {
  candidate.refuse('noConnection');
  return new StudiesError(
    'NO_CONNECTION',
    `A statement of ${describeCandidate(candidate)} was not sent: ${why}`,
    listFacts(candidate),
    {
      cause,
    },
  );
}

function describeCandidate({ experiment, candidate }: CandidateContext): string {
  return `candidate "${candidate}" of experiment "${experiment}"`;
}

function listFacts({ experiment, candidate }: CandidateContext): Record<string, unknown> {
  return { experiment, candidate };
}
