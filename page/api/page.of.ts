/** A page of a list. */
export interface PageOf<Item> {
  readonly items: readonly Item[];
  /** Cursor of the next page; null on the last page. */
  readonly nextCursor: string | null;
}
