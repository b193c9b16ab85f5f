import type { ExperimentRow } from '../storage/experiment-row.js';

/**
 * An experiment's id and epoch, which name the results since its last purge.
 *
 * @publicApi
 */
export interface ExperimentEpoch {
  readonly experimentId: number;
  readonly epoch: number;
}

/** Returns the identity of an experiment's current results. */
export function identifyResults({ id, purges }: Pick<ExperimentRow, 'id' | 'purges'>): ExperimentEpoch {
  return { experimentId: id, epoch: purges };
}
