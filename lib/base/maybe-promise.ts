/** A value that is there, or will be. What is there is used at once, so that synchronous methods stay synchronous. */
export type MaybePromise<Value> = Value | Promise<Value>;

/** `then` for both. */
export function chain<Value, Next>(value: MaybePromise<Value>, next: (value: Value) => MaybePromise<Next>): MaybePromise<Next> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Does one after the other, in the order of the list. */
export function inSequence<Item>(items: readonly Item[], act: (item: Item) => MaybePromise<void>, from = 0): MaybePromise<void> {
  for (let index = from; index < items.length; index += 1) {
    const acted = act(items[index] as Item); // the index is within the list
    if (acted instanceof Promise) return acted.then(() => inSequence(items, act, index + 1));
  }
}

/** Gives what a function tells by calling back: at once if it does so at once. */
export function fromCallback<Value>(ask: (tell: (value: Value) => void) => void): MaybePromise<Value> {
  let given: { value: Value } | undefined;
  let tellLater: ((value: Value) => void) | undefined;
  ask((value) => {
    if (tellLater === undefined) given = { value };
    else tellLater(value);
  });
  return given === undefined ? new Promise((resolve) => (tellLater = resolve)) : given.value;
}
