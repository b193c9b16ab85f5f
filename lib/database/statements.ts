import { StudiesError } from '../base/errors.js';
import type { MaybePromise } from '../base/maybe-promise.js';
import { withStorageTimeout } from './storage-timeout.js';

/** Time, in ms, after which an abandoned statement no longer counts as open: its connection has broken by then. */
const LATEST = 1_200_000;

/**
 * Statements that the application has not asked for. They answer in time or fail. While an abandoned statement is unanswered,
 * no other begins: each holds a connection of the application, and a late one must not undo a later one.
 */
export class Statements {
  private readonly givenUp = new Map<Promise<unknown>, number>();

  /**
   * @throws StudiesError `STORAGE_TIMED_OUT` when an answer takes too long, or an earlier one is still overdue; also anything
   * the statement throws
   */
  run<Answer>(begin: () => MaybePromise<Answer>): MaybePromise<Answer> {
    if (!this.areOver) {
      throw new StudiesError('STORAGE_TIMED_OUT', 'The storage of experiments has not answered an earlier statement yet.');
    }
    const answer = begin();
    if (!(answer instanceof Promise)) return answer;
    let isAnswered = false;
    const answered = () => {
      isAnswered = true;
      this.givenUp.delete(answer);
    };
    answer.then(answered, answered);
    return Promise.resolve(withStorageTimeout(answer)).finally(() => {
      if (!isAnswered) this.givenUp.set(answer, performance.now());
    });
  }

  /** True if no abandoned statement is unanswered. */
  get areOver(): boolean {
    for (const [answer, since] of this.givenUp) if (performance.now() - since > LATEST) this.givenUp.delete(answer);
    return this.givenUp.size === 0;
  }

  /** Resolves once all abandoned statements are answered. */
  async over(): Promise<void> {
    await Promise.allSettled(this.givenUp.keys());
  }
}
