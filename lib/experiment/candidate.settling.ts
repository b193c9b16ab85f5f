import { AsyncResource } from 'node:async_hooks';
import { take, type Observable, type Subscription } from 'rxjs';
import { EMITTED_LIMIT, isEmitting } from './hand-on.js';

/** What a behaviour gave in the end, or why it was not waited for any longer. */
export type Given = { kind: 'returned'; value: unknown } | { kind: 'threw'; error: unknown; timedOut?: true };

/** Who waits for what a candidate gives. */
export interface Waiting {
  /** Is called once. */
  settled(given: Given): void;
  /** Takes a value that comes too late. */
  tooLate(value: unknown): void;
  /** Does something as the candidate. */
  within<Value>(act: () => Value): Value;
}

/**
 * Waits for what an asynchronous candidate gives: the value of a promise, the list of what an Observable emits. Says so in the context
 * in which it was made, whoever settles it.
 */
export class CandidateSettling extends AsyncResource {
  private subscription: Subscription | undefined;
  private isSettled = false;

  constructor(private readonly waiting: Waiting) {
    super('CandidateSettling');
  }

  /** @param given a promise or another thenable, or an Observable */
  follow(given: unknown): void {
    if (isEmitting(given)) {
      this.emitted(given);
      return;
    }
    void Promise.resolve(given).then(
      (value) => this.returned(value),
      (error: unknown) => this.settle({ kind: 'threw', error }),
    );
  }

  settle(given: Given): void {
    if (this.isSettled) return;
    this.isSettled = true;
    try {
      this.subscription?.unsubscribe();
    } catch {
      // A teardown that fails is its candidate's loss.
    }
    this.runInAsyncScope(() => this.waiting.settled(given));
  }

  private returned(value: unknown): void {
    if (this.isSettled) this.waiting.tooLate(value);
    else if (isEmitting(value)) this.emitted(value);
    else this.settle({ kind: 'returned', value });
  }

  private emitted(source: Observable<unknown>): void {
    const items: unknown[] = [];
    try {
      this.subscription = this.waiting.within(() =>
        source.pipe(take(EMITTED_LIMIT)).subscribe({
          next: (item) => items.push(item),
          error: (error: unknown) => this.settle({ kind: 'threw', error }),
          complete: () => this.settle({ kind: 'returned', value: items }),
        }),
      );
    } catch (error) {
      this.settle({ kind: 'threw', error });
    }
  }
}
