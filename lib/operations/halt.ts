/**
 * A guardrail has stopped an experiment.
 *
 * @publicApi
 */
export interface ExperimentHalt {
  readonly experiment: string;
  /** Which candidate went beyond which limit, in a sentence. */
  readonly reason: string;
  readonly at: Date;
}
