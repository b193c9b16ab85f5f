import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { failureOf, type Failure } from '../api/failure.js';
import type { PageOf } from '../api/page.of.js';
import { FailureText, Notice } from './notice.js';

/** Items of a list so far, and a button for older ones; null at the end. */
interface Older<Item> {
  readonly items: readonly Item[];
  readonly more: VNode | null;
}

/**
 * Extends a list whose newest items are kept fresh. Older items stay once they are loaded.
 *
 * @param newest first page of the list
 */
export function useOlder<Item extends { readonly id: string }>(
  newest: PageOf<Item>,
  load: (cursor: string) => Promise<PageOf<Item>>,
): Older<Item> {
  const [older, setOlder] = useState<PageOf<Item>>();
  const [failure, setFailure] = useState<Failure>();
  const [isLoading, setLoading] = useState(false);
  const cursor = older === undefined ? newest.nextCursor : older.nextCursor;

  const go = async (from: string) => {
    if (isLoading) return;
    setLoading(true);
    try {
      const page = await load(from);
      setFailure(undefined);
      // Later, items of the first page may move off it.
      setOlder((before) => ({ items: [...(before?.items ?? newest.items), ...page.items], nextCursor: page.nextCursor }));
    } catch (error) {
      setFailure(failureOf(error));
    }
    setLoading(false);
  };
  const items = new Map([...newest.items, ...(older?.items ?? [])].map((item) => [item.id, item]));
  const more =
    cursor === null ? null : (
      <div class="more">
        {failure !== undefined && (
          <Notice kind="bad" isUrgent>
            <FailureText failure={failure} />
          </Notice>
        )}
        <button type="button" onClick={() => void go(cursor)}>
          {isLoading ? 'Loading older ones …' : 'Show older ones'}
        </button>
      </div>
    );
  return { items: [...items.values()], more };
}
