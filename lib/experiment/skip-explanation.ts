import { StudiesError } from '../base/errors.js';
import type { StudiesOperation } from '../base/studies-operation.js';
import type { SkipReason } from './skip-reason.js';

/** Report about calls that are skipped for a reason that the application can remove. */
interface Explanation {
  readonly operation: StudiesOperation;
  readonly error: StudiesError;
}

/**
 * Explains why calls are skipped; the caller reports it once per reason. Undefined for reasons that need no action.
 *
 * @param fact observation about the call, which begins the text. Some reasons have a general one
 */
export function explainSkip(reason: SkipReason, experiment: string, fact?: string): Explanation | undefined {
  const explained = EXPLANATIONS[reason];
  if (explained === undefined) return undefined;
  const { operation, code, text } = explained;
  const begin = fact ?? explained.fact ?? '';
  return {
    operation,
    error: new StudiesError(code, `Experiment "${experiment}": ${begin}${text} (Reported once.)`, { experiment, reason }),
  };
}

const EXPLANATIONS: Partial<
  Record<
    SkipReason,
    { readonly operation: StudiesOperation; readonly code: StudiesError['code']; readonly fact?: string; readonly text: string }
  >
> = {
  notComparable: {
    operation: 'compare',
    code: 'NOT_COMPARABLE',
    fact:
      'the control returns, or its value holds, something that can be used only once (a stream, an iterator, a promise, a query ' +
      'that is not awaited), or it returns a subject, or a Proxy',
    text:
      '. Such calls are not compared. Declare a method that returns a query, such as one of Prisma, "async". Otherwise define with "compare" ' +
      'or "clean" what is compared; state with "equality" when instances of a ' +
      'class are equal, such as equality: [[Money, (one, other) => one.equals(other)]]; or leave such fields out with "ignorePaths".',
  },
  tooLarge: {
    operation: 'compare',
    code: 'TOO_LARGE',
    text:
      'the arguments or values of calls take longer to copy than "copyBudget", or to compare than "compareBudget". Such calls run the ' +
      'control alone, or are not compared. Raise the budget, exclude large fields with "ignorePaths", or, for code that does not ' +
      'change its arguments, set "isolate" to "none" and define with "compare" what is compared.',
  },
  liveArguments: {
    operation: 'candidateArgs',
    code: 'LIVE_ARGUMENTS',
    text:
      '. Candidates never get what they could use up, answer with or change for others, so such calls run the control alone. Make other ' +
      'arguments for candidates with "candidateArgs", such as candidateArgs: (request) => [{ user: request.user }]. Name classes of values ' +
      'that never change in "share".',
  },
  callersTransaction: {
    operation: 'run',
    code: 'CALLERS_TRANSACTION',
    text:
      "calls are made in a transaction of their caller's. Candidates can't use it, so such calls run the control alone. Set " +
      '"inTransaction" to "detached" if the candidate may run outside of it and see only committed data.',
  },
  noConnection: {
    operation: 'run',
    code: 'NO_CONNECTION',
    text:
      'its candidate got no database connection of its own, or would have begun a transaction on SQLite. Such runs are not ' +
      'counted. Allow the database more connections, or lower "candidatePool.max".',
  },
  refused: {
    operation: 'run',
    code: 'EFFECT_REFUSED',
    fact: 'its candidate would have written or sent something',
    text:
      '. Nothing was sent, and such runs are no evidence. Let the candidate only read; or set "writes" to "allow" if it may happen besides ' +
      'what the control does. With reads: "sameMoment", candidates only read in any case.',
  },
};

/** Makes the report about what was refused after its candidate had ended. */
export function makeLateRefusal(experiment: string, effect: string): StudiesError {
  return new StudiesError(
    'EFFECT_REFUSED',
    `Experiment "${experiment}": ${effect} was refused after its candidate had ended. If it is not the candidate's own, but work of the ` +
      'application that the candidate was the first to begin (a timer, a queue, a token), begin it outside of the call, let the request ' +
      'through with "requests.allow", or set "writes" to "allow". (Reported once.)',
    { experiment, effect },
  );
}
