import { useEffect, useState } from 'preact/hooks';

/** A value that can be watched. */
export class Store<Value> {
  private readonly watching = new Set<() => void>();

  constructor(private held: Value) {}

  get value(): Value {
    return this.held;
  }

  set(value: Value): void {
    if (Object.is(value, this.held)) return;
    this.held = value;
    for (const watch of [...this.watching]) watch();
  }

  /** @returns a function that stops watching */
  watch(watch: () => void): () => void {
    this.watching.add(watch);
    return () => this.watching.delete(watch);
  }
}

/** Returns the value of a store. A component that uses it is drawn again when it changes. */
export function useStore<Value>(store: Store<Value>): Value {
  const [, draw] = useState(0);
  useEffect(() => {
    const drawn = store.value;
    const watch = () => draw((times) => times + 1);
    const end = store.watch(watch);
    if (!Object.is(drawn, store.value)) watch();
    return end;
  }, [store]);
  return store.value;
}
