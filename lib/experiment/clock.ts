/** How long a behaviour took. */
export interface Elapsed {
  /** Wall time in ms, by a monotonic clock. */
  readonly duration: number;
  /** CPU time of the process in ms, where no other work can have shared it. */
  readonly cpuTime?: number;
}

/** Starts timing the behaviour of that name; what it returns stops, told whether the behaviour was synchronous. */
export type Clock = (behaviour: string) => (synchronous: boolean) => Elapsed;

/** Wall time by `performance.now()`, CPU time by `process.cpuUsage()`. */
export const systemClock: Clock = () => {
  const cpu = process.cpuUsage();
  const start = performance.now();
  return (synchronous) => {
    const duration = performance.now() - start;
    if (!synchronous) return { duration };
    const { user, system } = process.cpuUsage(cpu);
    return { duration, cpuTime: (user + system) / 1_000 };
  };
};
