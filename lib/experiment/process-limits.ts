/** Up to where candidates of all experiments are started in a process. */
export interface ProcessLimits {
  /** How many asynchronous candidates may be in flight. */
  readonly maxCandidates: number;
  /** The share of the time, 0 to 1, in which the event loop may be at work. */
  readonly maxEventLoopUtilization: number;
  /** How late timers may be, in ms. */
  readonly maxEventLoopDelay: number;
}

/** No limits: what holds until an application says otherwise. */
export const NO_LIMITS: ProcessLimits = { maxCandidates: Infinity, maxEventLoopUtilization: 1, maxEventLoopDelay: Infinity };
