import { AsyncResource, type AsyncLocalStorage } from 'node:async_hooks';
import { outsideOfDomain } from '../../base/outside-of-domain.js';
import type { LateWork } from './late-work.js';
import { FunctionContext, type RunContext } from '../run-context.js';

/** Async contexts of an application's functions, such as `compare`, its publisher and `onError`. */
export class UserFunctions {
  constructor(
    private readonly current: AsyncLocalStorage<RunContext>,
    private readonly late: () => LateWork,
  ) {}

  /**
   * Runs a function in a copy of the current async context, outside of domains. What it enters stays within, and what it throws later is
   * contained.
   */
  run<Value>(operation: FunctionContext['operation'], experiment: string | undefined, act: () => Value): Value {
    const { current } = this;
    const context = new FunctionContext(operation, experiment, current.getStore(), this.late().begin(performance.now()));
    // The context is entered within the copy: `run` would copy it once more on Node 24.
    return new AsyncResource('StudiesUser', { requireManualDestroy: true }).runInAsyncScope(() => {
      current.enterWith(context);
      return outsideOfDomain(act);
    });
  }
}
