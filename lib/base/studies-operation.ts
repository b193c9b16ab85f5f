/**
 * Name of what failed, as `onError` receives it. It is a user-supplied function, the `storage`, a `raiseOnMismatch` that nobody waits for,
 * later work of a `candidate` that has settled, or the `run` itself, which is an error of this library.
 *
 * @publicApi
 */
export type StudiesOperation =
  | 'clean'
  | 'compare'
  | 'compareErrors'
  | 'context'
  | 'equality'
  | 'diff'
  | 'ignore'
  | 'publish'
  | 'runIf'
  | 'subject'
  | 'beforeRun'
  | 'afterRun'
  | 'order'
  | 'raiseWith'
  | 'raiseOnMismatch'
  | 'storage'
  | 'actor'
  | 'onHalt'
  | 'candidate'
  | 'candidateArgs'
  | 'coverage'
  | 'fork'
  | 'run';
