import type { ExperimentEpoch } from '../../recorded.js';

/** Nobody else can have written any. */
export const NO_ORPHANS: ExperimentEpoch[] = [];

/** Whether what is kept is of an experiment in its epoch. */
export function isOf(kept: ExperimentEpoch, of: ExperimentEpoch): boolean {
  return kept.experimentId === of.experimentId && kept.epoch === of.epoch;
}

/** Whether what is kept is of an experiment before an epoch. */
export function isEarlier(kept: ExperimentEpoch, experimentId: number, before: number): boolean {
  return kept.experimentId === experimentId && kept.epoch < before;
}
