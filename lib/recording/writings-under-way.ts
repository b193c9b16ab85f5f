import type { MaybePromise } from '../experiment/maybe-promise.js';

/** After how long a writing that was given up is not reckoned with any more, in ms: its connection has broken by then. */
const LATEST = 1_200_000;

/** The writings that have not been answered yet. One that was given up may still come to the storage, and undo a later one. */
export class WritingsUnderWay {
  private readonly begun = new Map<Promise<void>, number>();

  /** Knows a writing until it is answered. */
  watch(writing: MaybePromise<void>): MaybePromise<void> {
    if (!(writing instanceof Promise)) return writing;
    this.begun.set(writing, performance.now());
    return writing.finally(() => this.begun.delete(writing));
  }

  /** Whether there is none. */
  get areOver(): boolean {
    for (const [writing, since] of this.begun) if (performance.now() - since > LATEST) this.begun.delete(writing);
    return this.begun.size === 0;
  }

  /** Resolves once all of them are answered. */
  async over(): Promise<void> {
    await Promise.allSettled(this.begun.keys());
  }
}
