import { types } from 'node:util';
import { concat, defer, EMPTY, Observable, throwError } from 'rxjs';
import { catchError, ignoreElements, tap } from 'rxjs/operators';
import { isObject, propertyOf, prototypeOf } from '../../values/kind-of.js';

/** Number of an Observable's items that are compared. */
export const EMITTED_LIMIT = 1_000;

/** Watcher of a behaviour's result. A promise that it returns delays the caller; what it throws or rejects replaces the result. */
export interface Watcher {
  /** True if the caller may have to wait for the promise that `returned` or `threw` returns. */
  readonly delaysCaller: boolean;
  /** True if a returned promise is its caller's alone, as that of an `async` function is. */
  readonly makesPromises: boolean;
  returned(value: unknown, synchronous: boolean): void | Promise<void>;
  threw(error: unknown, synchronous: boolean): void | Promise<void>;
  /** Receives an item of an Observable. Returns the part to keep; undefined if the item is too large. */
  emitted(item: unknown): { readonly value: unknown } | undefined;
  /** Receives all kept items of an Observable when it has completed. */
  completed(items: unknown[]): void | Promise<void>;
  /** Called if the value will never be known: the caller has unsubscribed, or watching would cost too much or change the value. */
  abandoned(reason: 'unsubscribed' | 'notComparable' | 'tooLarge', value?: unknown): void;
}

/**
 * Passes on exactly what a behaviour returned: a value, a promise of it, or an Observable of it. The watcher receives the value when it is
 * there. Anything more than a promise or an Observable (a query builder, a promise that can be cancelled, a subject) is passed on
 * untouched, and not watched. Watching would start it, hide its other abilities, or handle its rejection. Runs no code of the value's, so
 * that nobody but its caller reads its `then`.
 */
export function passThrough(given: unknown, watcher: Watcher): unknown {
  // That of an `async` function is a plain one.
  if (types.isPromise(given) && (watcher.makesPromises || isPlainPromise(given))) return passPromiseThrough(given, watcher);
  if (isEmitting(given)) return passObservableThrough(given, watcher);
  if (mayBeThenable(given)) watcher.abandoned('notComparable', given);
  else void watcher.returned(given, true);
  return given;
}

/** Decides whether a value is an Observable, as rxjs does, but without running code of the value's. A proxy counts as none. */
export function isEmitting(value: unknown): value is Observable<unknown> {
  if (!isObject(value) || types.isProxy(value)) return false;
  // Most values are of these classes, in whose prototypes there is no proxy whose code would run.
  if (ORDINARY.has(prototypeOf(value)) && !('lift' in value)) return false;
  return hasMethod(value, 'lift') && hasMethod(value, 'subscribe');
}

const ORDINARY: ReadonlySet<object | null> = new Set([Object.prototype, Array.prototype, Promise.prototype]);

function hasMethod(value: object, name: string): boolean {
  return typeof propertyOf(value, name)?.value === 'function';
}

/** Decides whether `await` might call a `then` of a value: unless it certainly has none, which only its own code knows of a proxy. */
function mayBeThenable(value: unknown): boolean {
  if (!isObject(value) && typeof value !== 'function') return false;
  for (let at: object | null = value; at !== null; at = prototypeOf(at)) {
    if (types.isProxy(at)) return true;
    const property = Object.getOwnPropertyDescriptor(at, 'then');
    if (property !== undefined) return property.get !== undefined || typeof property.value === 'function';
  }
  return false;
}

function passPromiseThrough(given: Promise<unknown>, watcher: Watcher): Promise<unknown> {
  // Others may hold the promise, too, and handle its rejection: one that is made of it would be rejected and handled by nobody.
  if (!watcher.delaysCaller && !watcher.makesPromises) {
    watchPromise(given, watcher);
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

/** Decides whether a promise is a plain one: its class is the built-in one, and only symbols, and its domain, were added to it. */
export function isPlainPromise(promise: Promise<unknown>): boolean {
  if (Object.getPrototypeOf(promise) !== Promise.prototype) return false;
  const names = Object.getOwnPropertyNames(promise);
  return names.length === 0 || (names.length === 1 && hasDomain(promise));
}

/** Decides whether a promise has the property that `node:domain` adds within a domain, which the promise derived from it then has too. */
function hasDomain(promise: object): boolean {
  return Reflect.getOwnPropertyDescriptor(promise, 'domain')?.enumerable === false;
}

/** Properties that rxjs itself keeps on an Observable. */
const OWN_KEYS: readonly PropertyKey[] = ['source', 'operator', '_subscribe'];

/** Watches a promise that is passed on itself. */
function watchPromise(given: Promise<unknown>, watcher: Watcher): void {
  void given.then(
    (value) => {
      if (isEmitting(value)) watcher.abandoned('notComparable', value);
      else void watcher.returned(value, false);
    },
    (error: unknown) => void watcher.threw(error, false),
  );
}

function isPlainObservable(given: Observable<unknown>): boolean {
  return Object.getPrototypeOf(given) === Observable.prototype && Reflect.ownKeys(given).every((key) => OWN_KEYS.includes(key));
}

function passObservableThrough(given: Observable<unknown>, watcher: Watcher): Observable<unknown> {
  // An Observable with more abilities, such as a subject, is passed on itself.
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
    // If the caller has left, nobody else handles the rejection.
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
  if (!watcher.delaysCaller) return watching;
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
