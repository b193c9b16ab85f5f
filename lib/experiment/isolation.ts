import type { CandidateContext } from './current.js';

/** Keeps candidates out of their callers' world. Nothing of it throws but what `act` throws. */
export interface Isolation {
  /**
   * Whether the call at hand is made in a transaction of its caller's. Asked in the caller's context, for drawn calls only.
   *
   * @param args those of the call
   */
  isInTransaction(args: readonly unknown[]): boolean;

  /** Whether lists and plain objects among arguments bring a transaction of their caller's along. Takes up to a µs for each. */
  isTransactionWithin(args: readonly unknown[]): boolean;

  /** Runs a candidate's code with copies of what its caller keeps in async contexts. Called in the caller's context. */
  fork<Value>(candidate: CandidateContext, act: () => Value): Value;

  /** Takes that a candidate has really settled, in time or late: what it still holds of connections is given back. */
  settled(candidate: CandidateContext): void;
}

/** Keeps nothing apart: what holds until an application has said what it has. */
export const NO_ISOLATION: Isolation = {
  isInTransaction: () => false,
  isTransactionWithin: () => false,
  fork: (_, act) => act(),
  settled: () => undefined,
};
