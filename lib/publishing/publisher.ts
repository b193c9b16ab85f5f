import type { ExperimentResult } from '../experiment/result.js';

/**
 * Receives the result of every run. Extend it, and name the class in `StudiesModule.forRoot({ publisher })`. Nest creates it,
 * so it can inject anything. It is also the token of the application's publisher.
 *
 * @publicApi
 */
export abstract class Publisher {
  /**
   * Tells whether results that end so are to be published. Without it, all are. It is asked now and then, and the answer counts for the
   * runs until the next time. A run whose result nobody wants costs much less.
   */
  wants?(outcome: 'matched' | 'mismatched' | 'ignored'): boolean;

  /**
   * Publishes the result of a run. It is called after each run, never while a caller waits. Anything it throws or rejects goes
   * to `onError` as `publish`.
   *
   * @param result frozen; its observations return the cleaned values
   */
  abstract publish(result: ExperimentResult): void | Promise<void>;
}
