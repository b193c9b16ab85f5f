import type { ExperimentResult } from '../experiment/result.js';

/**
 * Takes the result of every run: extend it, and name the class in `StudiesModule.forRoot({ publisher })`. It is made by Nest, and
 * can inject anything. Also the token under which the application's publisher is injected.
 *
 * @publicApi
 */
export abstract class Publisher {
  /**
   * Called after each run, never on the way of a caller. What it throws or rejects goes to `onError` as `publish`.
   *
   * @param result frozen; its observations give the cleaned values
   */
  abstract publish(result: ExperimentResult): void | Promise<void>;
}
