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

/** No limits, and none for the calls that one turn of the event loop prepares either: cold code in tests is slow. */
export const TEST_LIMITS: ProcessLimits = { ...NO_LIMITS };
