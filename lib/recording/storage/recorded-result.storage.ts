import type { MaybePromise } from '../../base/maybe-promise.js';
import type { Outcome } from '../../experiment/observation.js';
import type { PurgeableStorage } from './purgeable.js';
import type { RecordedResult } from './recorded-result.js';
import type { ExperimentEpoch } from '../recorded.js';

/** A sample, and whose it is. */
export type RecordedResultRow = ExperimentEpoch & RecordedResult;

/** Which samples to give, the newest first. */
export interface RecordedResultSelection {
  readonly outcome?: Outcome | undefined;
  readonly candidate?: string | undefined;
  readonly limit: number;
  /** Only older ones than the one of this id. */
  readonly before?: string | undefined;
}

/** Where samples are kept. */
export abstract class RecordedResultStorage implements PurgeableStorage {
  /** Keeps samples, and of each experiment only so many: the oldest go. One that is there already is left as it is. */
  abstract keep(rows: readonly RecordedResultRow[], limit: number): MaybePromise<void>;

  abstract find(of: ExperimentEpoch, selection: RecordedResultSelection): MaybePromise<RecordedResult[]>;

  abstract get(of: ExperimentEpoch, id: string): MaybePromise<RecordedResult | undefined>;

  abstract forgettable(experimentId: number, before?: number): MaybePromise<number>;
  abstract forgetSome(experimentId: number, before?: number): MaybePromise<boolean>;
  abstract orphans(): MaybePromise<ExperimentEpoch[]>;
}
