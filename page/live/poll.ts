import type { Store } from './store.js';

/**
 * Repeats some work: at once, and then again some time after it has finished, as long as it is awake. After a sleep, it runs at
 * once.
 */
export class Poll {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: AbortController | undefined;
  private isDue = false;
  private isStopped = false;
  private readonly end: () => void;

  /** @param every wait between two runs, in ms */
  constructor(
    private readonly work: (signal: AbortSignal) => Promise<void>,
    private readonly every: number,
    private readonly awake: Store<boolean>,
  ) {
    this.end = awake.watch(() => (awake.value ? this.now() : clearTimeout(this.timer)));
    this.now();
  }

  /** Runs the work now, or again as soon as the current run has finished. */
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

  /** Aborts a current run, and schedules the next one. */
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
