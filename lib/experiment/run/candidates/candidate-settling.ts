import { take, type Observable, type Subscription } from 'rxjs';
import type { StudiesError } from '../../../base/errors.js';
import type { Follower } from '../../run-context.js';
import { EMITTED_LIMIT, isEmitting } from '../pass-through.js';

/** Final result of a behaviour, or the reason why it is not awaited any longer. */
export type Given = { kind: 'returned'; value: unknown } | { kind: 'threw'; error: unknown; timedOut?: true };

/** Receiver of a candidate's result. */
export interface Waiting {
  /** Receives the result, or the reason for not waiting any longer. Called once. */
  settled(given: Given): void;
  /** Called when the candidate is over, with the value that came too late, if one did. Called once, if the candidate ever ends. */
  ended(late: { readonly value: unknown } | undefined): void;
  /** Runs something in the candidate's context. */
  within<Value>(act: () => Value): Value;
}

/** Wait for an asynchronous candidate's result: the value of a promise, or the list of an Observable's items. */
export class CandidateSettling implements Follower {
  private subscription: Subscription | undefined;
  private isSettled = false;
  private hasEnded = false;

  constructor(private readonly waiting: Waiting) {}

  /** @param given a promise or another thenable, or an Observable */
  follow(given: unknown): void {
    if (isEmitting(given)) {
      this.emitted(given);
      return;
    }
    void Promise.resolve(given).then(
      (value) => this.returned(value),
      (error: unknown) => this.threw(error),
    );
  }

  aborted(reason: StudiesError): void {
    if (this.isSettled) return;
    this.isSettled = true;
    const { subscription } = this;
    try {
      subscription?.unsubscribe();
    } catch {
      // The failure of a teardown matters to the candidate only.
    }
    this.waiting.settled({ kind: 'threw', error: reason, timedOut: true });
    // Unsubscribing ends an Observable. A promise can't be cancelled.
    if (subscription !== undefined) this.end();
  }

  private returned(value: unknown): void {
    if (this.isSettled) this.end({ value });
    else if (isEmitting(value)) this.emitted(value);
    else this.give({ kind: 'returned', value });
  }

  private threw(error: unknown): void {
    if (this.isSettled) this.end();
    else this.give({ kind: 'threw', error });
  }

  /** Reports the end before the result, so that the candidate's place is free for what follows. */
  private give(given: Given): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.end();
    this.waiting.settled(given);
  }

  private end(late?: { readonly value: unknown }): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.waiting.ended(late);
  }

  private emitted(source: Observable<unknown>): void {
    const items: unknown[] = [];
    try {
      this.subscription = this.waiting.within(() =>
        source.pipe(take(EMITTED_LIMIT)).subscribe({
          next: (item) => items.push(item),
          error: (error: unknown) => this.give({ kind: 'threw', error }),
          complete: () => this.give({ kind: 'returned', value: items }),
        }),
      );
    } catch (error) {
      this.give({ kind: 'threw', error });
    }
  }
}
