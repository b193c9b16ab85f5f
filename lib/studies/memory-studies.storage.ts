import { NO_GUARDRAILS } from '../experiment/guardrails.js';
import { type HistoryStorage, MemoryHistoryStorage } from '../operations/history/history.storage.js';
import { MemoryRecordStorage } from '../recording/storage/memory/memory-record.storage.js';
import type { RecordStorage } from '../recording/storage/record.storage.js';
import type { ExperimentStorage } from '../storage/experiment.storage.js';
import { MemoryStorage } from '../storage/memory.storage.js';
import { StudiesStorage } from './studies.storage.js';

/**
 * Settings of a storage in memory.
 *
 * @publicApi
 */
export interface MemoryStudiesStorageOptions {
  /** Percentage of every new experiment, whatever its code says. By default, what its code says. */
  readonly percentEnabled?: number;

  /**
   * True if guardrails may stop experiments.
   *
   * @default true
   */
  readonly guardrails?: boolean;
}

/**
 * Keeps everything in the memory of one process, for tests and as a pattern for storages: each of its parts can be replaced.
 *
 * @publicApi
 */
export class MemoryStudiesStorage extends StudiesStorage {
  readonly experiments: ExperimentStorage;
  readonly records: RecordStorage = new MemoryRecordStorage();
  readonly history: HistoryStorage = new MemoryHistoryStorage();

  constructor({ percentEnabled, guardrails = true }: MemoryStudiesStorageOptions = {}) {
    super();
    this.experiments = new MemoryStorage(percentEnabled, guardrails ? {} : NO_GUARDRAILS);
  }
}
