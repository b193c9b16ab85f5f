import { StudiesError } from '../base/errors.js';
import type { StudiesOperation } from '../base/operation.js';
import type { SkipReason } from './skip-reason.js';

/** What to tell about calls that are skipped for a reason that somebody can mend. */
interface Explanation {
  readonly operation: StudiesOperation;
  readonly error: StudiesError;
}

/**
 * Gives what to tell about calls that are skipped, once for each reason; undefined where there is nothing to mend.
 *
 * @param fact what was seen of the call
 */
export function explainSkip(reason: SkipReason, experiment: string, fact = ''): Explanation | undefined {
  const explained = EXPLANATIONS[reason];
  if (explained === undefined) return undefined;
  const { operation, code, text } = explained;
  return {
    operation,
    error: new StudiesError(code, `Experiment "${experiment}": ${fact}${text} (This is said once.)`, { experiment, reason }),
  };
}

const EXPLANATIONS: Partial<
  Record<SkipReason, { readonly operation: StudiesOperation; readonly code: StudiesError['code']; readonly text: string }>
> = {
  notComparable: {
    operation: 'compare',
    code: 'NOT_COMPARABLE',
    text:
      'the control gives, or holds in what it gives, something that can be used only once (a stream, an iterator, a promise, a query ' +
      'that is not awaited), or it gives a subject. Such calls are not compared, and run the control alone. Say with "compare" or ' +
      '"clean" what is to be compared, or return a plain value, or a promise of one.',
  },
  tooLarge: {
    operation: 'compare',
    code: 'TOO_LARGE',
    text:
      'the arguments or values of calls take longer to copy than "copyBudget", or to compare than "compareBudget". Such calls run the ' +
      'control alone, or are not compared. Raise the budget, leave large fields out with "ignorePaths", or, for code that changes ' +
      'nothing of what it is given, set "isolate" to "none" and say with "compare" what is to be compared.',
  },
  liveArguments: {
    operation: 'candidateArgs',
    code: 'LIVE_ARGUMENTS',
    text:
      '. It is used up by who reads it, or calls back, so no candidate may have it, and such calls run the control alone. Say with ' +
      '"candidateArgs" what candidates get instead, such as candidateArgs: (request) => [{ user: request.user }].',
  },
  callersTransaction: {
    operation: 'run',
    code: 'CALLERS_TRANSACTION',
    text:
      "calls are made in a transaction of their caller's. No candidate may use it, so such calls run the control alone. Set " +
      '"inTransaction" to "detached" for a candidate that may run outside of it and see only what is committed.',
  },
  noConnection: {
    operation: 'run',
    code: 'NO_CONNECTION',
    text:
      'its candidate got no connection of its own to the database, or would have begun a transaction on SQLite. Such runs are not ' +
      'counted. Let the database take more connections, or lower "candidatePool.max".',
  },
};
