/** How long a behaviour took. */
export interface Elapsed {
  /** Wall time in ms, by a monotonic clock. */
  readonly duration: number;
  /** CPU time of the process in ms, where no other work can have shared it. */
  readonly cpuTime?: number;
}

/** Times one behaviour, from when it was made. */
export interface Stopwatch {
  /** @param synchronous whether the behaviour was */
  stop(synchronous: boolean): Elapsed;
}

/**
 * Starts timing the behaviour of that name.
 *
 * @param withCpu whether CPU time is worth asking for
 */
export type Clock = (behaviour: string, withCpu: boolean) => Stopwatch;

/** Wall time by `performance.now()`, CPU time by `process.cpuUsage()`, which is a system call. */
class SystemStopwatch implements Stopwatch {
  private readonly cpu: NodeJS.CpuUsage | undefined;
  private readonly start: number;

  constructor(withCpu: boolean) {
    this.cpu = withCpu ? process.cpuUsage() : undefined;
    this.start = performance.now();
  }

  stop(synchronous: boolean): Elapsed {
    const duration = performance.now() - this.start;
    if (!synchronous || this.cpu === undefined) return { duration };
    const { user, system } = process.cpuUsage(this.cpu);
    return { duration, cpuTime: (user + system) / 1_000 };
  }
}

export const systemClock: Clock = (_, withCpu) => new SystemStopwatch(withCpu);
