/** Contains what the later work of candidates throws: what they have left behind, and what nobody waits for. */
export interface LateWork {
  /**
   * Takes that a candidate is about to be started. Never throws.
   *
   * @returns what its async context is to hold, so that this is collected when nothing of the candidate can throw any more
   */
  begin(): object | undefined;
}

/** Contains nothing: what holds until an application has said where failures go. */
export const NO_LATE_WORK: LateWork = { begin: () => undefined };
