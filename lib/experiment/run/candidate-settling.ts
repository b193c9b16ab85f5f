import { take, type Observable, type Subscription } from 'rxjs';
import { EMITTED_LIMIT, isEmitting } from './pass-through.js';

/** What a behaviour gave in the end, or why it was not waited for any longer. */
export type Given = { kind: 'returned'; value: unknown } | { kind: 'threw'; error: unknown; timedOut?: true };

/** Who waits for what a candidate gives. */
export interface Waiting {
  /** Takes what it gave, or that it is not waited for any longer. Is called once. */
  settled(given: Given): void;
  /** Takes that it is over, with the value that came too late, if one did. Is called once, if it ever ends. */
  ended(late: { readonly value: unknown } | undefined): void;
  /** Does something as the candidate. */
  within<Value>(act: () => Value): Value;
}

/** Waits for what an asynchronous candidate gives: the value of a promise, the list of what an Observable emits. */
export class CandidateSettling {
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

  /** Settles it from outside: nobody waits for what it gives any more. */
  settle(given: Given): void {
    if (this.isSettled) return;
    this.isSettled = true;
    const { subscription } = this;
    try {
      subscription?.unsubscribe();
    } catch {
      // A teardown that fails is its candidate's loss.
    }
    this.waiting.settled(given);
    // What is subscribed to ends with that; a promise can't be told.
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

  /** Tells first that it is over, so that its place is free for what follows. */
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
