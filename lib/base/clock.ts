/** Time that a behaviour took. */
export interface Elapsed {
  /** Wall time in ms, by a monotonic clock. */
  readonly duration: number;
  /** CPU time of the process in ms. Absent where other work may have shared it. */
  readonly cpuTime?: number;
}

/** Timer of one behaviour. It starts when it is made. */
export interface Stopwatch {
  /** @param synchronous whether the behaviour was synchronous */
  stop(synchronous: boolean): Elapsed;
}

/**
 * Starts timing the behaviour of that name.
 *
 * @param withCpu whether to measure CPU time too, which costs a system call
 */
export type Clock = (behaviour: string, withCpu: boolean) => Stopwatch;

/** Stopwatch that takes wall time from `performance.now()`, and CPU time from `process.cpuUsage()`, which is a system call. */
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

/** Clock of the system: the default of all experiments. */
export const systemClock: Clock = (_, withCpu) => new SystemStopwatch(withCpu);
