/** Containment of errors that candidates' later work throws: work that they have left behind, and that nobody waits for. */
export interface LateWork {
  /**
   * Notes that a candidate is about to start. Never throws.
   *
   * @param now reading of `performance.now()`
   * @returns an object for the candidate's async context to hold; it is collected once nothing of the candidate can throw any more
   */
  begin(now: number): object | undefined;
}

/** Containment of nothing. It applies until an application has told the library where failures go. */
export const NO_LATE_WORK: LateWork = { begin: () => undefined };
