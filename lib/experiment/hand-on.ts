import { types } from 'node:util';
import { concat, defer, EMPTY, isObservable, Observable, throwError } from 'rxjs';
import { catchError, ignoreElements, tap } from 'rxjs/operators';
import { isThenable } from './guards.js';

/** How many of an Observable's items are compared. */
export const EMITTED_LIMIT = 1_000;

/** Calls a behaviour, and learns what it gave. A promise it returns holds the caller back; what it throws or rejects replaces what was given. */
export interface Watcher {
  call(): unknown;
  returned(value: unknown, synchronous: boolean): void | Promise<void>;
  threw(error: unknown, synchronous: boolean): void | Promise<void>;
  /** One item of an Observable. Returns what to keep of it. */
  emitted(item: unknown): unknown;
  /** The value will never be known: the caller has unsubscribed, or watching would change it. */
  abandoned(reason: 'unsubscribed' | 'notComparable', value?: unknown): void;
  /** Whether the promises that it returns may hold the caller back. */
  readonly isWaitedFor: boolean;
}

/**
 * Has a behaviour called, and hands on exactly what it gives: a value, a promise of it, an Observable of it, or what it throws. The
 * watcher learns what it was when it is there. A thenable's `then` is called once.
 */
export function handOn(watcher: Watcher): unknown {
  let given: unknown;
  try {
    given = watcher.call();
  } catch (error) {
    void watcher.threw(error, true);
    throw error;
  }
  if (isEmitting(given)) return handOnObservable(given, watcher);
  if (isThenable(given)) return handOnPromise(given, watcher);
  void watcher.returned(given, true);
  return given;
}

/** Whether a value is an Observable; one that can't be looked at isn't. */
export function isEmitting(value: unknown): value is Observable<unknown> {
  try {
    return !types.isProxy(value) && isObservable(value);
  } catch {
    return false;
  }
}

function handOnPromise(given: PromiseLike<unknown>, watcher: Watcher): PromiseLike<unknown> {
  const watched = (promise: PromiseLike<unknown>) =>
    promise.then(
      (value) => {
        if (isEmitting(value)) return handOnObservable(value, watcher);
        const held = watcher.returned(value, false);
        return held === undefined ? value : held.then(() => value);
      },
      (error: unknown) => {
        const held = watcher.threw(error, false);
        if (held === undefined) throw error;
        return held.then(() => {
          throw error;
        });
      },
    );
  // A lazy thenable, such as a query builder, starts anew at each `then`; `Promise.resolve` calls it once.
  if (!types.isPromise(given)) return watched(Promise.resolve(given));
  if (watcher.isWaitedFor || isPlainPromise(given)) return watched(given);
  // One that can more than a promise, such as be cancelled, is handed on itself.
  Promise.resolve(watched(given)).catch(() => undefined);
  return given;
}

/** Whether a promise is no more than one: its class is the language's, and nothing but symbols was added to it. */
export function isPlainPromise(promise: Promise<unknown>): boolean {
  return Object.getPrototypeOf(promise) === Promise.prototype && Object.getOwnPropertyNames(promise).length === 0;
}

/** What rxjs itself keeps on an Observable. */
const OWN_KEYS: readonly PropertyKey[] = ['source', 'operator', '_subscribe'];

function isPlainObservable(given: Observable<unknown>): boolean {
  return Object.getPrototypeOf(given) === Observable.prototype && Reflect.ownKeys(given).every((key) => OWN_KEYS.includes(key));
}

function handOnObservable(given: Observable<unknown>, watcher: Watcher): Observable<unknown> {
  // One that can more than be subscribed to, such as a subject, is handed on itself.
  if (!isPlainObservable(given)) {
    watcher.abandoned('notComparable', given);
    return given;
  }
  let isWatched = false;
  return defer(() => {
    if (isWatched) return given;
    isWatched = true;
    return watched(given, watcher);
  });
}

function watched(source: Observable<unknown>, watcher: Watcher): Observable<unknown> {
  const items: unknown[] = [];
  let isSettled = false;
  let held: void | Promise<void> = undefined;
  const settle = (learn: () => void | Promise<void>) => {
    if (isSettled) return;
    isSettled = true;
    held = learn();
    // Its caller may have left, and then nobody else listens.
    held?.catch(() => undefined);
  };
  const watching = source.pipe(
    tap({
      next: (item) => {
        if (isSettled) return;
        items.push(watcher.emitted(item));
        if (items.length === EMITTED_LIMIT) settle(() => watcher.returned(items, false));
      },
      error: (error: unknown) => {
        settle(() => watcher.threw(error, false));
      },
      complete: () => {
        settle(() => watcher.returned(items, false));
      },
      unsubscribe: () => {
        settle(() => {
          watcher.abandoned('unsubscribed');
        });
      },
    }),
  );
  const hold = defer(() => held ?? EMPTY).pipe(ignoreElements());
  return concat(
    watching.pipe(
      catchError((error: unknown) =>
        concat(
          hold,
          throwError(() => error),
        ),
      ),
    ),
    hold,
  );
}
