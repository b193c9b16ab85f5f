/**
 * An experiment's id and the number of one of its epochs, which name the results of one state of its code.
 *
 * @publicApi
 */
export interface ExperimentEpoch {
  readonly experimentId: number;
  /** Number of the epoch. No other epoch has it, of whatever experiment. */
  readonly epoch: number;
}
