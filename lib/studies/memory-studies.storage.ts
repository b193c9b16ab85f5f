import { NO_GUARDRAILS } from '../experiment/guardrails.js';
import { MemoryHistoryStorage } from '../operations/history/history.storage.js';
import { MemoryRecordStorage } from '../recording/storage/memory/memory-record.storage.js';
import { MemoryStorage } from '../storage/memory.storage.js';
import { StudiesStorage } from './studies.storage.js';

/** Keeps everything in memory, for tests. */
export class MemoryStudiesStorage extends StudiesStorage {
  readonly experiments: MemoryStorage;
  readonly records = new MemoryRecordStorage();
  readonly history = new MemoryHistoryStorage();

  /** @param percentEnabled percentage of every experiment, regardless of its code */
  constructor(percentEnabled: number) {
    super();
    this.experiments = new MemoryStorage(percentEnabled, NO_GUARDRAILS);
  }
}
