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

/** Does all at once. */
export function together<Item>(items: readonly Item[], act: (item: Item) => MaybePromise<void>): MaybePromise<void> {
  const pending = items.map(act).filter((acted) => acted instanceof Promise);
  if (pending.length > 0) return Promise.all(pending).then(() => undefined);
}
