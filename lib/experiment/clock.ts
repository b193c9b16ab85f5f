/** How long a behaviour took. */
export interface Elapsed {
  /** Wall time in ms, by a monotonic clock. */
  readonly duration: number;
  /** CPU time of the process in ms, where no other work can have shared it. */
  readonly cpuTime?: number;
}

/**
 * Starts timing the behaviour of that name; what it returns stops, told whether the behaviour was synchronous.
 *
 * @param withCpu whether CPU time is worth asking for
 */
export type Clock = (behaviour: string, withCpu: boolean) => (synchronous: boolean) => Elapsed;

/** Wall time by `performance.now()`, CPU time by `process.cpuUsage()`, which is a system call. */
export const systemClock: Clock = (_, withCpu) => {
  const cpu = withCpu ? process.cpuUsage() : undefined;
  const start = performance.now();
  return (synchronous) => {
    const duration = performance.now() - start;
    if (!synchronous || cpu === undefined) return { duration };
    const { user, system } = process.cpuUsage(cpu);
    return { duration, cpuTime: (user + system) / 1_000 };
  };
};
