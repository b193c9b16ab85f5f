import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { failureOf, type Failure } from '../api/failure.js';
import type { PageOf } from '../api/page.of.js';
import { FailureText, Notice } from './notice.js';

/** What a list has so far, and a button for what is older; nothing at its end. */
interface Older<Item> {
  readonly items: readonly Item[];
  readonly more: VNode | null;
}

/**
 * Goes on with a list whose newest items are kept fresh: what was got of the older ones stays.
 *
 * @param newest its first page
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
      // What the first page has now may be pushed off it later.
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
          {isLoading ? 'Getting older ones …' : 'Show older ones'}
        </button>
      </div>
    );
  return { items: [...items.values()], more };
}
