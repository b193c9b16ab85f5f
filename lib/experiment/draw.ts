/** A call that is drawn for an experiment. */
export interface Draw {
  /** Whom the call is for, if that is known. */
  readonly subject: string | undefined;
  /** True if all calls are drawn. */
  readonly isForAll: boolean;
}

/**
 * Whom a call is for. A number counts as its digits.
 *
 * @publicApi
 */
export type Subject = string | number | bigint;
