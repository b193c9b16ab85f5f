import { monitorEventLoopDelay, performance, type IntervalHistogram } from 'node:perf_hooks';

/** Time between two measurements, in ms. */
const INTERVAL = 100;

/** Measurements without a reader, after which measuring stops. */
const IDLE = 50;

/** Recent load of the event loop. */
export interface EventLoopLoad {
  /** Share of the time, 0 to 1, in which it was busy (`performance.eventLoopUtilization()`). */
  readonly utilization: number;
  /** Longest delay of a timer, in ms (`perf_hooks.monitorEventLoopDelay()`). */
  readonly delay: number;
}

const NONE: EventLoopLoad = { utilization: 0, delay: 0 };

/** Gauge of the event loop. It measures only while somebody reads it. Its timers keep no process alive. */
export class EventLoopGauge {
  private load = NONE;
  private held = 0;
  private unasked = 0;
  private timer: NodeJS.Timeout | undefined;
  private histogram: IntervalHistogram | undefined;
  private before = performance.eventLoopUtilization();

  /**
   * Returns the load of the last tenth of a second, or the longest block since then if that is longer. Both are 0 at the first call in a
   * while, which starts measuring.
   */
  read(): EventLoopLoad {
    this.unasked = 0;
    if (this.timer === undefined) this.start();
    const { load, held } = this;
    return held > load.delay ? { utilization: load.utilization, delay: held } : load;
  }

  /** Notes that something has held the event loop for that many ms in one piece, before a measurement can show it. */
  hold(duration: number): void {
    if (duration > this.held) this.held = duration;
  }

  /** Stops measuring. */
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
    // The histogram counts ns, and includes the 10 ms of its own interval. Its timer may be due after this one, and has then missed the
    // latest block.
    const delay = Math.max((this.histogram?.max ?? 0) / 1e6 - 10, this.held);
    this.histogram?.reset();
    this.held = 0;
    this.load = { utilization, delay };
  }
}
