import type { Store } from './store.js';

/**
 * Does something again and again: at once, and then some time after it was done, as long as it is awake. After a sleep it is done at
 * once.
 */
export class Poll {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: AbortController | undefined;
  private isDue = false;
  private isStopped = false;
  private readonly end: () => void;

  /** @param every how long to wait in between, in ms */
  constructor(
    private readonly work: (signal: AbortSignal) => Promise<void>,
    private readonly every: number,
    private readonly awake: Store<boolean>,
  ) {
    this.end = awake.watch(() => (awake.value ? this.now() : clearTimeout(this.timer)));
    this.now();
  }

  /** Does it now, or again as soon as it is done if it is being done. */
  now(): void {
    clearTimeout(this.timer);
    this.isDue = this.running !== undefined;
    if (this.isStopped || this.isDue) return;
    const running = (this.running = new AbortController());
    void this.work(running.signal).finally(() => {
      if (this.running !== running) return;
      this.running = undefined;
      if (this.isDue) this.now();
      else this.later();
    });
  }

  /** Gives up what is being done, and does it again later. */
  later(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.running = undefined;
    if (!this.isStopped && this.awake.value) this.timer = setTimeout(() => this.now(), this.every);
  }

  stop(): void {
    this.isStopped = true;
    this.later();
    this.end();
  }
}
