/** Time that a behaviour took. */
export interface Elapsed {
  /** Wall time in ms, by a monotonic clock. */
  readonly duration: number;
  /** CPU time of the process in ms. Absent where other work may have shared it. */
  readonly cpuTime?: number;
}

/** Timer of one behaviour. It starts when it is made. */
export interface Stopwatch {
  /**
   * @param synchronous whether the behaviour was synchronous
   * @param now reading of `performance.now()` at its end
   */
  stop(synchronous: boolean, now: number): Elapsed;
}

/**
 * Starts timing the behaviour of that name.
 *
 * @param withCpu whether to measure CPU time too, which costs a system call
 * @param now reading of `performance.now()` at its start. It is the caller's, because a reading costs as much as a quick behaviour
 */
export type Clock = (behaviour: string, withCpu: boolean, now: number) => Stopwatch;

/** Stopwatch that takes CPU time from `process.cpuUsage()`, which is a system call. */
class SystemStopwatch implements Stopwatch {
  private readonly cpu: NodeJS.CpuUsage | undefined;

  constructor(
    withCpu: boolean,
    private readonly start: number,
  ) {
    this.cpu = withCpu ? process.cpuUsage() : undefined;
  }

  stop(synchronous: boolean, now: number): Elapsed {
    const duration = now - this.start;
    if (!synchronous || this.cpu === undefined) return { duration };
    const { user, system } = process.cpuUsage(this.cpu);
    return { duration, cpuTime: (user + system) / 1_000 };
  }
}

/** Clock of the system: the default of all experiments. */
export const systemClock: Clock = (_, withCpu, now) => new SystemStopwatch(withCpu, now);
