/** Limits up to which a process starts candidates, over all experiments. */
export interface ProcessLimits {
  /** Asynchronous candidates that may be in flight. */
  readonly maxCandidates: number;
  /** Share of the time, 0 to 1, in which the event loop may be busy. */
  readonly maxEventLoopUtilization: number;
  /** Longest delay of timers, in ms. */
  readonly maxEventLoopDelay: number;
}

/** No limits. They apply until an application sets some. */
export const NO_LIMITS: ProcessLimits = { maxCandidates: Infinity, maxEventLoopUtilization: 1, maxEventLoopDelay: Infinity };
