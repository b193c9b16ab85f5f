/**
 * Stop of an experiment by a guardrail.
 *
 * @publicApi
 */
export interface ExperimentHalt {
  readonly experiment: string;
  /** Sentence that names the candidate and the limit that it exceeded. */
  readonly reason: string;
  readonly at: Date;
}
