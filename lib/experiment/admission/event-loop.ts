import { monitorEventLoopDelay, performance, type IntervalHistogram } from 'node:perf_hooks';

/** How often it is measured, in ms. */
const INTERVAL = 100;

/** After how many measurements for which nobody has asked it is measured no more. */
const IDLE = 50;

/** How busy the event loop was lately. */
export interface EventLoopLoad {
  /** The share of the time, 0 to 1, in which it was at work (`performance.eventLoopUtilization()`). */
  readonly utilization: number;
  /** The longest that a timer was late, in ms (`perf_hooks.monitorEventLoopDelay()`). */
  readonly delay: number;
}

const NONE: EventLoopLoad = { utilization: 0, delay: 0 };

/** Measures the event loop while somebody asks for it. Its timers keep no process alive. */
export class EventLoopGauge {
  private load = NONE;
  private held = 0;
  private unasked = 0;
  private timer: NodeJS.Timeout | undefined;
  private histogram: IntervalHistogram | undefined;
  private before = performance.eventLoopUtilization();

  /**
   * How busy it was in the last tenth of a second, and for how long it has been held since; not at all if it is asked for the first
   * time in a while.
   */
  read(): EventLoopLoad {
    this.unasked = 0;
    if (this.timer === undefined) this.start();
    const { load, held } = this;
    return held > load.delay ? { utilization: load.utilization, delay: held } : load;
  }

  /** Takes that something has held it for so many ms in one piece, before that can be measured. */
  hold(duration: number): void {
    if (duration > this.held) this.held = duration;
  }

  /** Measures no more. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.histogram?.disable();
    this.load = NONE;
    this.held = 0;
  }

  private start(): void {
    this.histogram ??= monitorEventLoopDelay({ resolution: 10 });
    this.histogram.reset();
    this.histogram.enable();
    this.held = 0;
    this.before = performance.eventLoopUtilization();
    this.timer = setInterval(() => this.measure(), INTERVAL);
    this.timer.unref();
  }

  private measure(): void {
    this.unasked += 1;
    if (this.unasked > IDLE) {
      this.stop();
      return;
    }
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.before);
    this.before = now;
    // It counts ns, from the beginning of the 10 ms that are due.
    // Its timer can be due after this one, and has then not seen what is over now.
    const delay = Math.max((this.histogram?.max ?? 0) / 1e6 - 10, this.held);
    this.histogram?.reset();
    this.held = 0;
    this.load = { utilization, delay };
  }
}
