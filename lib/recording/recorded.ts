import type { ExperimentRow } from '../storage/experiment-row.js';

/** Identity of an experiment's results since its last purge. */
export interface ExperimentEpoch {
  readonly experimentId: number;
  readonly epoch: number;
}

/** Returns the identity of an experiment's current results. */
export function identifyResults({ id, epoch }: Pick<ExperimentRow, 'id' | 'epoch'>): ExperimentEpoch {
  return { experimentId: id, epoch };
}
