import type { ExperimentEpoch } from '../../recorded.js';

/** Empty result: no other process can write to this memory. */
export const NO_ORPHANS: ExperimentEpoch[] = [];

/** Decides whether a row belongs to an experiment in its current epoch. */
export function isOf(kept: ExperimentEpoch, of: ExperimentEpoch): boolean {
  return kept.experimentId === of.experimentId && kept.epoch === of.epoch;
}

/** Decides whether a row belongs to an experiment before the given epoch. */
export function isEarlier(kept: ExperimentEpoch, experimentId: number, before: number): boolean {
  return kept.experimentId === experimentId && kept.epoch < before;
}
