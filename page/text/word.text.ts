import type { DifferenceKind, Outcome, Readiness } from '../api/summary.js';

/** What outcomes are called. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  matched: 'Matched',
  ignored: 'Ignored',
  mismatched: 'Mismatched',
  errored: 'Errored',
  timedOut: 'Timed out',
};

/** In which way a field differs, as the command and the text of a summary say it. */
export const DIFFERENCE_WORDS: Readonly<Record<DifferenceKind, string>> = {
  missing: 'only in the control',
  extra: 'only in the candidate',
  type: 'another type',
  value: 'another value',
  order: 'another order',
};

/** Whether it is safe to switch. */
export const READINESS_WORDS: Readonly<Record<Readiness['state'], string>> = {
  ready: 'Ready',
  collecting: 'Collecting',
  notReady: 'Not ready',
};

/** Why drawn calls ran the control alone. */
const SKIP_WORDS = new Map([
  ['runIf', 'runIf said no'],
  ['subject', 'no subject'],
  ['maxConcurrent', 'too many of this experiment at once'],
  ['maxCandidates', 'too many candidates at once'],
  ['eventLoopUtilization', 'the process was busy'],
  ['eventLoopDelay', 'the event loop was late'],
  ['burst', 'too many calls in one turn'],
  ['tooLarge', 'values too large'],
  ['liveArguments', 'arguments that are used up or call back'],
  ['candidateArgs', 'candidateArgs failed'],
  ['callersTransaction', "in the caller's transaction"],
  ['noConnection', 'no connection for candidates'],
  ['fork', 'fork failed'],
  ['notComparable', 'nothing to compare'],
  ['unsubscribed', 'the caller left early'],
  ['stopping', 'the process was stopping'],
]);

export function skipText(reason: string): string {
  return SKIP_WORDS.get(reason) ?? reason;
}
