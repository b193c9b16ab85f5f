/**
 * A candidate about to run, as a fork sees it.
 *
 * @publicApi
 */
export interface ForkedCandidate {
  readonly experiment: string;
  readonly candidate: string;
  /** What becomes of it in a transaction of its caller's: with `'detached'` it is to be outside of any. */
  readonly inTransaction: 'skip' | 'detached';
}

/**
 * Runs a candidate with a copy of what its caller keeps in an `AsyncLocalStorage`, so that nothing it changes there is seen by its caller:
 * `(next) => storage.run(structuredClone(storage.getStore()), next)`.
 *
 * Must call `next` once, at once, and give what it gives. If it throws, the candidate is not run, which is reported to `onError`.
 *
 * @publicApi
 */
export type ContextFork = <Value>(next: () => Value, candidate: ForkedCandidate) => Value;
