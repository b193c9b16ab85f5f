import { describe, expect, it } from 'vitest';
import { newSortableId, SORTABLE_ID } from '../../lib/base/sortable-id.js';

describe('ids that sort by time', () => {
  it('sort as they were made, also those of one ms', () => {
    const ids = [1_000, 1_000, 1_000, 1_001, 1_001, 2_000].flatMap((time) =>
      Array.from({ length: 100 }, () => newSortableId(time)),
    );
    expect(ids.every((id) => SORTABLE_ID.test(id))).toBe(true);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
