/** A state of an experiment's code that results belong to. */
export interface Epoch {
  readonly number: number;
  /** Empty if it is unknown. */
  readonly release: string;
  readonly fingerprint: string;
  readonly begunAt: string;
  readonly seenAt: string;
  /** True for the epoch of the code that runs now. */
  readonly current: boolean;
}
