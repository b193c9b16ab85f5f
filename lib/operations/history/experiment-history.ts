import { check, nameSchema } from '../../experiment/validation.js';
import { withStorageTimeout } from '../../database/storage-timeout.js';
import { newSortableId } from '../../base/sortable-id.js';
import type { StorageHealth } from '../../database/storage-health.js';
import { historyQuerySchema, type ChangeRecord, type HistoryPage, type HistoryQuery } from './change-record.js';
import type { HistoryStorage } from './history.storage.js';

/** Number of changes kept per experiment. */
const KEPT = 1_000;

/** Largest number of changes that wait to be written. */
const WAITING = 1_000;

const LENGTH = { actor: 200, reason: 500 } as const;

/**
 * History of changes to experiments, with author and time. Changes that can't be written at once are written with the next
 * change, or at shutdown.
 */
export class ExperimentHistory {
  private waiting: ChangeRecord[] = [];

  constructor(
    private readonly storage: HistoryStorage,
    private readonly health: StorageHealth,
  ) {}

  /** Records a change. Never fails. */
  async add(change: Omit<ChangeRecord, 'id' | 'at'>): Promise<void> {
    const at = new Date();
    const record = {
      ...change,
      id: newSortableId(at.getTime()),
      at,
      actor: shortened(change.actor, LENGTH.actor),
      reason: shortened(change.reason, LENGTH.reason),
    };
    if (this.waiting.length < WAITING) this.waiting.push(record);
    await this.flush();
  }

  /** Writes the waiting changes. */
  async flush(): Promise<void> {
    const records = this.waiting;
    if (records.length === 0) return;
    try {
      await withStorageTimeout(this.storage.keep(records, KEPT));
      this.waiting = this.waiting.filter((record) => !records.includes(record));
      this.health.success('history');
    } catch (error) {
      this.health.failure('history', error);
    }
  }

  /**
   * Returns the changes of an experiment, the newest first. It may have been removed.
   *
   * @throws StudiesError `INVALID_OPTIONS`
   */
  async find(experiment: string, query: HistoryQuery): Promise<HistoryPage> {
    const { limit = 50, cursor } = check(historyQuerySchema, query, 'The query');
    if (!nameSchema.safeParse(experiment).success) return { items: [], nextCursor: null };
    const found = await withStorageTimeout(this.storage.find(experiment, limit + 1, cursor));
    const items = found.slice(0, limit);
    return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }
}

/** Cuts a text to a length, and replaces NUL, which PostgreSQL can't store. */
function shortened(text: string | null, length: number): string | null {
  return text === null ? null : text.slice(0, length).toWellFormed().replaceAll('\0', '\ufffd');
}
