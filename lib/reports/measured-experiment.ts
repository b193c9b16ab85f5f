import type { Tally } from '../recording/tallies/tally.js';
import type { ExperimentRow } from '../storage/experiment-row.js';
import type { ExperimentSummary } from './summary.js';

/** An experiment with all that was measured of it. */
export interface MeasuredExperiment {
  readonly row: ExperimentRow;
  /** Tallies of its candidates and of itself, by name. */
  readonly tallies: ReadonlyMap<string, Tally>;
  readonly summary: ExperimentSummary;
  /** Fields that its code leaves out of the comparison, as far as this process knows it. */
  readonly ignoredByCode: readonly string[];
}
