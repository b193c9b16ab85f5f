import { AsyncResource } from 'node:async_hooks';

/**
 * Async context of the module's start. The library does its own work in it, so that the work neither joins a transaction nor reads a store
 * of a caller or candidate.
 */
export class OwnContext {
  // `AsyncLocalStorage.snapshot()` does the same, but costs many times as much per call on Node 20.
  private readonly resource = new AsyncResource('Studies');

  /** Runs work of this library in the context, together with the timers, promises and statements that it starts. */
  run<Value>(act: () => Value): Value {
    return this.resource.runInAsyncScope(act);
  }
}
