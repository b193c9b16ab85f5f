import type { DifferenceKind, Outcome, Readiness } from '../api/summary.js';

/** Names of outcomes. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  matched: 'Matched',
  ignored: 'Ignored',
  mismatched: 'Mismatched',
  errored: 'Errored',
  timedOut: 'Timed out',
};

/** Names of kinds of differences, as in the command and the text of a summary. */
export const DIFFERENCE_WORDS: Readonly<Record<DifferenceKind, string>> = {
  missing: 'only in the control',
  extra: 'only in the candidate',
  type: 'another type',
  value: 'another value',
  order: 'another order',
  class: 'another class',
};

/** Names of the states of readiness. */
export const READINESS_WORDS: Readonly<Record<Readiness['state'], string>> = {
  ready: 'Ready',
  collecting: 'Collecting',
  notReady: 'Not ready',
  noisy: 'Noisy',
};

/** Reasons for which sampled calls ran the control alone. */
const SKIP_WORDS = new Map([
  ['runIf', 'runIf returned false'],
  ['subject', 'no subject'],
  ['maxConcurrent', 'too many of this experiment at once'],
  ['maxCandidates', 'too many candidates at once'],
  ['eventLoopUtilization', 'the process was busy'],
  ['eventLoopDelay', 'the event loop was late'],
  ['burst', 'too many calls in one turn'],
  ['tooLarge', 'values too large'],
  ['liveArguments', 'arguments that candidates must not have'],
  ['candidateArgs', 'candidateArgs failed'],
  ['callersTransaction', "in the caller's transaction"],
  ['noConnection', 'no connection for candidates'],
  ['fork', 'fork failed'],
  ['notComparable', 'nothing to compare'],
  ['unsubscribed', 'the caller unsubscribed early'],
  ['stopping', 'the process was stopping'],
]);

/** Describes the reason for a skipped call. */
export function skipText(reason: string): string {
  return SKIP_WORDS.get(reason) ?? reason;
}
