/** A call that is drawn for an experiment. */
export interface Draw {
  /** Whom the call is for, if that is known. */
  readonly subject: string | undefined;
  /** True if all calls are drawn. */
  readonly isForAll: boolean;
}
