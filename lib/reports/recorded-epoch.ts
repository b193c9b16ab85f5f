import { chooseCurrent, type EpochRow } from '../recording/epoch.js';

/**
 * A state of an experiment's code that results belong to.
 *
 * @publicApi
 */
export interface RecordedEpoch {
  /** Number by which its results are read. A later epoch has a greater one. */
  readonly number: number;
  /** Release of the application; empty if it is unknown. */
  readonly release: string;
  /** Hash of the control, of the candidates, and of all that decides what counts as a difference. */
  readonly fingerprint: string;
  /** Time at which its first results were written. */
  readonly begunAt: Date;
  /** Time at which a running process last reported that its code is this one. Each reports about every minute. */
  readonly seenAt: Date;
  /** True for the epoch of the code that runs now. */
  readonly current: boolean;
}

/** Describes the epochs of an experiment, the newest first. */
export function describeEpochs(rows: readonly EpochRow[]): RecordedEpoch[] {
  const current = chooseCurrent(rows);
  return rows
    .toSorted((one, other) => other.number - one.number)
    .map(({ number, release, fingerprint, begunAt, seenAt }) => ({
      number,
      release,
      fingerprint,
      begunAt,
      seenAt,
      current: number === current?.number,
    }));
}
