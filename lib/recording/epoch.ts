import type { ExperimentEpoch } from './recorded.js';

/**
 * Identity of an epoch: what must be the same for results to be counted together.
 *
 * @publicApi
 */
export interface EpochKey {
  readonly experimentId: number;
  /** Number of times that the experiment was purged before. */
  readonly purges: number;
  /** Release of the application; empty if it is unknown. At most 100 characters. */
  readonly release: string;
  /** Hash of the code that is compared, and of all that decides what counts as a difference. At most 16 characters. */
  readonly fingerprint: string;
}

/**
 * An epoch as a process enters it.
 *
 * @publicApi
 */
export interface NewEpoch extends EpochKey {
  /**
   * Random text that hashes of inputs and subjects depend on, so that nobody can tell without it whom they are of. At most 32 characters.
   * That of the process which adds the epoch is kept, and all others use it.
   */
  readonly salt: string;
}

/**
 * An epoch as it is stored.
 *
 * @publicApi
 */
export interface EpochRow extends NewEpoch {
  /** Above 0, and greater than those of all epochs that began before. It is never given to another epoch. */
  readonly number: number;
  readonly begunAt: Date;
  /** Time at which a running process last reported that its code is this one. */
  readonly seenAt: Date;
}

/** Time, in ms, before the latest report of any epoch, in which an epoch must have been reported for its code to be running. */
const TOGETHER = 120_000;

/**
 * Chooses the epoch of the code that runs now: of those that were reported lately, the one that began last. During a rolling deployment
 * that is the new release, and after a rollback the old one, as soon as the new one has not been reported for two minutes.
 */
export function chooseCurrent<Epoch extends Pick<EpochRow, 'number' | 'seenAt'>>(epochs: readonly Epoch[]): Epoch | undefined {
  const latest = Math.max(...epochs.map(({ seenAt }) => seenAt.getTime()));
  const running = epochs.filter(({ seenAt }) => latest - seenAt.getTime() <= TOGETHER);
  return running.sort((one, other) => other.number - one.number)[0];
}

/** Returns the identity of an epoch's results. */
export function identifyResults({ experimentId, number }: Pick<EpochRow, 'experimentId' | 'number'>): ExperimentEpoch {
  return { experimentId, epoch: number };
}

/** Decides whether two epochs are the same. */
export function isSameEpoch(one: EpochKey, other: EpochKey): boolean {
  return (
    one.experimentId === other.experimentId &&
    one.purges === other.purges &&
    one.release === other.release &&
    one.fingerprint === other.fingerprint
  );
}
