import type { ChangeRecord } from '../../operations/history/change-record.js';
import type { HistoryStorage } from '../../operations/history/history.storage.js';
import { newSortableId } from '../../base/sortable-id.js';
import { freshStorage, type ContractFramework, type ContractSubject } from './contract-framework.js';

/**
 * Tests the rules of a `HistoryStorage`.
 *
 * @publicApi
 */
export function historyStorageContract(framework: ContractFramework, subject: ContractSubject<HistoryStorage>): void {
  const { it, expect } = framework;
  const storage = freshStorage(framework, subject);

  it('gives back what was kept, whatever is in it, the newest first', async () => {
    const hostile = `<script>'; DROP TABLE x; --\u001b[2J🙂`;
    const changes = [
      changeAt(1_763_800_000_001, { actor: hostile, reason: hostile, kind: 'halted' }),
      changeAt(1_763_800_000_002, {
        before: { subjects: [hostile] },
        after: { subjects: [], startsAt: null, percentEnabled: 0.01 },
      }),
      changeAt(1_763_800_000_003, { actor: '𝒳'.repeat(100), reason: 'ä'.repeat(500) }),
    ];
    await storage().keep(changes, 10);
    await storage().keep([changeAt(1_763_800_000_004, { experiment: 'Search' })], 10);
    expect(await storage().find('search', 10)).toEqual(changes.toReversed());
    expect(await storage().find('none', 10)).toEqual([]);
  });

  it('goes on before a change, and leaves what is kept already', async () => {
    const changes = [1, 2, 3, 4].map((time) => changeAt(time));
    await storage().keep(changes, 10);
    await storage().keep([{ ...(changes[0] as ChangeRecord), actor: 'other' }], 10); // there are four
    const newest = await storage().find('search', 2);
    const older = await storage().find('search', 2, newest.at(-1)?.id);
    expect([...newest, ...older]).toEqual(changes.toReversed());
  });

  it('keeps so many of each experiment, the oldest go', async () => {
    await storage().keep(
      [1, 2, 3, 4].flatMap((time) => [changeAt(time), changeAt(time, { experiment: 'other' })]),
      4,
    );
    await storage().keep([changeAt(5)], 3);
    expect((await storage().find('search', 10)).map(({ at }) => at.getTime())).toEqual([5, 4, 3]);
    expect((await storage().find('other', 10)).length).toBe(4);
  });
}

function changeAt(time: number, change: Partial<ChangeRecord> = {}): ChangeRecord {
  return {
    id: newSortableId(time),
    experiment: 'search',
    at: new Date(time),
    kind: 'changed',
    actor: null,
    before: {},
    after: {},
    reason: null,
    ...change,
  };
}
