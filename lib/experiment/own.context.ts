import { AsyncResource } from 'node:async_hooks';

/**
 * The async context in which it was made: that of the module's start. Whatever the library does for itself runs in it, so that nothing
 * of it joins a transaction, or reads a store, of a caller or a candidate.
 */
export class OwnContext {
  // `AsyncLocalStorage.snapshot()` does the same, and costs a hundred times as much for each call on Node 20.
  private readonly resource = new AsyncResource('Studies');

  /** Runs something of this library in it, with what it begins: timers, promises, statements. */
  run<Value>(act: () => Value): Value {
    return this.resource.runInAsyncScope(act);
  }
}
