import { types } from 'node:util';
import { concat, defer, EMPTY, isObservable, Observable, throwError } from 'rxjs';
import { catchError, ignoreElements, tap } from 'rxjs/operators';
import { isThenable } from '../../base/user-function.js';

/** How many of an Observable's items are compared. */
export const EMITTED_LIMIT = 1_000;

/** Learns what a behaviour gave. A promise it returns holds the caller back; what it throws or rejects replaces what was given. */
export interface Watcher {
  returned(value: unknown, synchronous: boolean): void | Promise<void>;
  threw(error: unknown, synchronous: boolean): void | Promise<void>;
  /** Takes one item of an Observable. Returns what to keep of it; undefined if it is too large. */
  emitted(item: unknown): { readonly value: unknown } | undefined;
  /** Takes all that was kept of an Observable's items, when it has completed. */
  completed(items: unknown[]): void | Promise<void>;
  /** Takes that the value will never be known: the caller has unsubscribed, or watching would cost too much or change it. */
  abandoned(reason: 'unsubscribed' | 'notComparable' | 'tooLarge', value?: unknown): void;
}

/**
 * Hands on exactly what a behaviour gave: a value, a promise of it, or an Observable of it. The watcher learns what it was when it is
 * there. What is more than a promise or an Observable (a query builder, a promise that can be cancelled, a subject) is handed on itself,
 * and not watched: to watch it would start it, hide what else it can, or handle its rejection.
 */
export function passThrough(given: unknown, watcher: Watcher): unknown {
  if (isEmitting(given)) return passObservableThrough(given, watcher);
  if (isThenable(given)) return passPromiseThrough(given, watcher);
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

function passPromiseThrough(given: PromiseLike<unknown>, watcher: Watcher): PromiseLike<unknown> {
  if (!types.isPromise(given) || !isPlainPromise(given)) {
    watcher.abandoned('notComparable', given);
    return given;
  }
  return given.then(
    (value) => {
      if (isEmitting(value)) return passObservableThrough(value, watcher);
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
}
/** Whether a promise is no more than one: its class is the language's, and nothing but symbols, and its domain, was added to it. */
export function isPlainPromise(promise: Promise<unknown>): boolean {
  if (Object.getPrototypeOf(promise) !== Promise.prototype) return false;
  const names = Object.getOwnPropertyNames(promise);
  return names.length === 0 || (names.length === 1 && hasDomain(promise));
}

/** Whether it has what `node:domain` gives to each promise that is made in a domain, and so to what is handed on for it, too. */
function hasDomain(promise: object): boolean {
  return Reflect.getOwnPropertyDescriptor(promise, 'domain')?.enumerable === false;
}

/** What rxjs itself keeps on an Observable. */
const OWN_KEYS: readonly PropertyKey[] = ['source', 'operator', '_subscribe'];

function isPlainObservable(given: Observable<unknown>): boolean {
  return Object.getPrototypeOf(given) === Observable.prototype && Reflect.ownKeys(given).every((key) => OWN_KEYS.includes(key));
}

function passObservableThrough(given: Observable<unknown>, watcher: Watcher): Observable<unknown> {
  // One that can more than be subscribed to, such as a subject, is handed on itself.
  if (!isPlainObservable(given)) {
    watcher.abandoned('notComparable', given);
    return given;
  }
  let isWatched = false;
  return defer(() => {
    if (isWatched) return given;
    isWatched = true;
    return watchObservable(given, watcher);
  });
}

function watchObservable(source: Observable<unknown>, watcher: Watcher): Observable<unknown> {
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
        const kept = watcher.emitted(item);
        if (kept === undefined) settle(() => watcher.abandoned('tooLarge'));
        else items.push(kept.value);
        if (items.length === EMITTED_LIMIT) settle(() => watcher.completed(items));
      },
      error: (error: unknown) => {
        settle(() => watcher.threw(error, false));
      },
      complete: () => {
        settle(() => watcher.completed(items));
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
