import { StudiesError } from './errors.js';
import type { StudiesOperation } from './operation.js';

/** Where the failure of a user-supplied function goes. Must not throw. */
export type Report = (operation: StudiesOperation, error: unknown) => void;

/** What `attempt` returns in place of the value of a function that failed. */
export const FAILED = Symbol('failed');

/** Calls a user-supplied function for its value: what it throws, or a promise where a value is due, is reported. */
export function attempt<Value>(operation: StudiesOperation, report: Report, call: () => Value): Value | typeof FAILED {
  try {
    const value = call();
    if (!isThenable(value)) return value;
    value.then(undefined, () => undefined);
    throw new StudiesError(
      'ASYNC_NOT_SUPPORTED',
      `"${operation}" returned a promise, but its value is needed at once. Make it synchronous.`,
      { operation },
    );
  } catch (error) {
    report(operation, error);
    return FAILED;
  }
}

/** Calls a user-supplied function for its effect: what it throws, now or later, is reported. Never waits for it. */
export function notify(operation: StudiesOperation, report: Report, call: () => unknown): void {
  try {
    const returned = call();
    if (isThenable(returned)) {
      returned.then(undefined, (error: unknown) => {
        report(operation, error);
      });
    }
  } catch (error) {
    report(operation, error);
  }
}

/** Whether `await` would call a `then` on it. A value whose `then` can't be read is a value like any other. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  try {
    return typeof (value as { then?: unknown }).then === 'function'; // any object may have a `then`
  } catch {
    return false;
  }
}
