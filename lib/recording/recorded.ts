import type { ExperimentRow } from '../storage/experiment-row.js';

/** Whose results are meant: an experiment's, since they were last purged. */
export interface ExperimentEpoch {
  readonly experimentId: number;
  readonly epoch: number;
}

/** Whose results are an experiment's. */
export function identifyResults({ id, epoch }: Pick<ExperimentRow, 'id' | 'epoch'>): ExperimentEpoch {
  return { experimentId: id, epoch };
}
