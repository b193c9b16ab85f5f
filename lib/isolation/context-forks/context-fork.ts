/**
 * Candidate that is about to run, as a fork receives it.
 *
 * @publicApi
 */
export interface ForkedCandidate {
  readonly experiment: string;
  readonly candidate: string;
  /** Treatment of calls in a transaction of their caller's. With `'detached'`, the candidate must run outside of any. */
  readonly inTransaction: 'skip' | 'detached';
}

/**
 * Function that runs a candidate with a copy of its caller's store of an `AsyncLocalStorage`, so that the caller never sees the candidate's
 * changes: `(next) => storage.run(structuredClone(storage.getStore()), next)`.
 *
 * Must call `next` once, synchronously, and return its result. If it throws, the candidate is not run, which is reported to `onError`.
 *
 * @publicApi
 */
export type ContextFork = <Value>(next: () => Value, candidate: ForkedCandidate) => Value;
