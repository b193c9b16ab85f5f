import type { DifferenceKind, Outcome, Readiness, SpeedupBase, UncomparedPart } from '../api/summary.js';

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

/** Descriptions of what a speedup is over. */
export const SPEEDUP_WORDS: Readonly<Record<SpeedupBase, string>> = {
  firstCall: "Beside the control's first call: the candidate gains by coming second.",
  secondCall: "Beside the control's second call, in random order.",
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
  ['refused', 'the candidate would have written or sent something'],
  ['fork', 'fork failed'],
  ['notComparable', 'nothing to compare'],
  ['unsubscribed', 'the caller unsubscribed early'],
  ['stopping', 'the process was stopping'],
]);

/** Descriptions of runs that were not compared. */
export const UNCOMPARED_WORDS: Readonly<Record<UncomparedPart, string>> = {
  ignored: 'difference ignored by the code',
  drift: 'the data had changed',
  bothThrew: 'both threw the same error',
  nothingLeft: 'everything is left out',
  learning: "the control's noise was being learnt",
  overBudget: 'no time to examine it',
  crowded: 'too many waited for an earlier run',
  late: 'settled too late',
  changed: 'other fields were left out meanwhile',
  early: 'before the process had found its release',
  waiting: 'waits for an earlier run',
};

/** Describes the reason for a skipped call. */
export function skipText(reason: string): string {
  return SKIP_WORDS.get(reason) ?? reason;
}
