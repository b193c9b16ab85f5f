/**
 * A value, or the promise of one. A value is used at once, so that synchronous methods stay synchronous.
 *
 * @publicApi
 */
export type MaybePromise<Value> = Value | Promise<Value>;

/** Passes a value on: at once, or with `then` if it is a promise. */
export function chain<Value, Next>(value: MaybePromise<Value>, next: (value: Value) => MaybePromise<Next>): MaybePromise<Next> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Processes the items one after the other, in the order of the list. */
export function inSequence<Item>(items: readonly Item[], act: (item: Item) => MaybePromise<void>, from = 0): MaybePromise<void> {
  for (let index = from; index < items.length; index += 1) {
    const acted = act(items[index] as Item); // the index is within the list
    if (acted instanceof Promise) return acted.then(() => inSequence(items, act, index + 1));
  }
}

/** Returns what a function passes to its callback: the value itself if that happens at once, otherwise a promise of it. */
export function fromCallback<Value>(ask: (tell: (value: Value) => void) => void): MaybePromise<Value> {
  let given: { value: Value } | undefined;
  let tellLater: ((value: Value) => void) | undefined;
  ask((value) => {
    if (tellLater === undefined) given = { value };
    else tellLater(value);
  });
  return given === undefined ? new Promise((resolve) => (tellLater = resolve)) : given.value;
}
