import { AsyncResource } from 'node:async_hooks';

/**
 * The async context in which it was made: that of the module's start. Whatever the library does for itself runs in it, so that nothing
 * of it joins a transaction, or reads a store, of a caller or a candidate.
 */
export class OwnContext {
  // `AsyncLocalStorage.snapshot()` does the same, and costs many times as much for each call on Node 20.
  private readonly resource = new AsyncResource('Studies');

  /** Runs something of this library in it, with what it begins: timers, promises, statements. */
  run<Value>(act: () => Value): Value {
    return this.resource.runInAsyncScope(act);
  }

  /** Runs a function of the user's in a copy of it, since such a function can change the stores of the context that it runs in. */
  runForUser(act: () => void): void {
    this.run(() => {
      new AsyncResource('StudiesUser').runInAsyncScope(act);
    });
  }
}
