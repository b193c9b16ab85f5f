import type { ExperimentEpoch } from '../../recorded.js';

/** Empty result: no other process can write to this memory. */
export const NO_ORPHANS: ExperimentEpoch[] = [];

/** Decides whether a row belongs to an epoch. */
export function isOf(kept: ExperimentEpoch, of: ExperimentEpoch): boolean {
  return kept.experimentId === of.experimentId && kept.epoch === of.epoch;
}

/** Decides whether a row belongs to another epoch of an experiment than the given ones. */
export function isForgettable({ experimentId, epoch }: ExperimentEpoch, of: number, kept: readonly number[]): boolean {
  return experimentId === of && !kept.includes(epoch);
}
