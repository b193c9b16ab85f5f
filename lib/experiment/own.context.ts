import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

/**
 * The async context in which it was made: that of the module's start. Whatever the library does for itself runs in it, so that nothing
 * of it joins a transaction, or reads a store, of a caller or a candidate.
 */
export class OwnContext {
  private readonly enter = AsyncLocalStorage.snapshot();

  /** Runs something in it, with what it begins: timers, promises, statements. */
  run<Value>(act: () => Value): Value {
    return this.enter(act);
  }

  /** Runs a function of the user's in a copy of it, since such a function can change the stores of the context that it runs in. */
  runForUser(act: () => void): void {
    this.enter(() => new AsyncResource('StudiesUser').runInAsyncScope(act));
  }
}
