import { StudiesError } from './errors.js';
import type { StudiesOperation } from './studies-operation.js';

/** Receiver of failures of user-supplied functions. Must not throw. */
export type Report = (operation: StudiesOperation, error: unknown) => void;

/** Host of user-supplied functions. */
export interface FunctionHost {
  /** Receives what they throw and reject. */
  readonly report: Report;
  /**
   * Runs something of theirs in a copy of the current async context. So what it enters stays within, and what it throws later, where nobody
   * catches it, is reported.
   */
  run<Value>(operation: StudiesOperation, act: () => Value): Value;
}

/** Result of `attempt` if the function failed. */
export const FAILED = Symbol('failed');

/** Calls a user-supplied function for its value. Reports what it throws, and a promise where a value is needed at once. */
export function attempt<Value>(operation: StudiesOperation, host: FunctionHost, call: () => Value): Value | typeof FAILED {
  try {
    return host.run(operation, () => {
      const value = call();
      if (!isThenable(value)) return value;
      value.then(undefined, () => undefined);
      throw new StudiesError(
        'ASYNC_NOT_SUPPORTED',
        `"${operation}" returned a promise, but its value is needed at once. Make it synchronous.`,
        { operation },
      );
    });
  } catch (error) {
    host.report(operation, error);
    return FAILED;
  }
}

/** Calls a user-supplied function for its effect, without waiting for it. Reports what it throws, now or later. */
export function notify(operation: StudiesOperation, host: FunctionHost, call: () => unknown): void {
  try {
    host.run(operation, () => {
      const returned = call();
      if (isThenable(returned)) {
        returned.then(undefined, (error: unknown) => {
          host.report(operation, error);
        });
      }
    });
  } catch (error) {
    host.report(operation, error);
  }
}

/** Decides whether `await` would call a `then` of the value. A value whose `then` can't be read counts as an ordinary value. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  try {
    return typeof (value as { then?: unknown }).then === 'function'; // any object may have a `then`
  } catch {
    return false;
  }
}
