import { check, nameSchema } from '../../experiment/validation.js';
import { withStorageTimeout } from '../../database/storage-timeout.js';
import { newSortableId } from '../../base/sortable-id.js';
import type { StorageHealth } from '../../database/storage-health.js';
import { historyQuerySchema, type ChangeRecord, type HistoryPage, type HistoryQuery } from './change-record.js';
import type { HistoryStorage } from './history.storage.js';

/** How many changes of an experiment are kept. */
const KEPT = 1_000;

/** How many changes wait to be written at the most. */
const WAITING = 1_000;

const LENGTH = { actor: 200, reason: 500 } as const;

/** Who changed what of experiments, and when. What can't be written at once is written with the next change, or at the end. */
export class ExperimentHistory {
  private waiting: ChangeRecord[] = [];

  constructor(
    private readonly storage: HistoryStorage,
    private readonly health: StorageHealth,
  ) {}

  /** Keeps a change that was made. Never fails. */
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

  /** Writes what waits. */
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
   * The changes of an experiment, also of one that is removed; the newest first.
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

/** A text as a column holds it: PostgreSQL can't store NUL. */
function shortened(text: string | null, length: number): string | null {
  return text === null ? null : text.slice(0, length).toWellFormed().replaceAll('\0', '\ufffd');
}
