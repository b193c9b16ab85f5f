/** A part of a list. */
export interface PageOf<Item> {
  readonly items: readonly Item[];
  /** Where the list goes on; null at the end. */
  readonly nextCursor: string | null;
}
