import type { ReadMoment } from './read-moment.js';
import type { CandidateContext } from '../run-context.js';

/** Isolation of candidates from their callers' state. Its methods throw only what `act` throws. */
export interface Isolation {
  /**
   * Tells whether the current call is made in a transaction of its caller's. Called in the caller's context, for drawn calls only.
   *
   * @param args arguments of the call
   */
  isInTransaction(args: readonly unknown[]): boolean;

  /** Tells whether lists and plain objects among the arguments hold a transaction of the caller's. Takes up to a µs for each. */
  isTransactionWithin(args: readonly unknown[]): boolean;

  /** Runs a candidate's code with copies of the caller's stores of async contexts. Called in the caller's context. */
  fork<Value>(candidate: CandidateContext, act: () => Value): Value;

  /** Notes that a candidate has really settled, in time or late, and returns the connections that it still holds. */
  settled(candidate: CandidateContext): void;

  /**
   * Makes the moment at which the candidates of a run read.
   *
   * @param readers number of candidates, and of second calls of the control
   * @param timeout longest time in ms for which a snapshot is held
   */
  makeMoment(readers: number, timeout: number): ReadMoment | undefined;
}

/** Isolation that does nothing. It applies until an application is known. */
export const NO_ISOLATION: Isolation = {
  isInTransaction: () => false,
  isTransactionWithin: () => false,
  fork: (_, act) => act(),
  settled: () => undefined,
  makeMoment: () => undefined,
};
