/**
 * Reason why a drawn call ran the control alone.
 *
 * @publicApi
 */
export type SkipReason =
  | 'runIf'
  | 'subject'
  | 'maxConcurrent'
  | 'maxCandidates'
  | 'eventLoopUtilization'
  | 'eventLoopDelay'
  | 'burst'
  | 'tooLarge'
  | 'liveArguments'
  | 'candidateArgs'
  | 'callersTransaction'
  | 'noConnection'
  | 'refused'
  | 'fork'
  | 'notComparable'
  | 'unsubscribed'
  | 'stopping';
