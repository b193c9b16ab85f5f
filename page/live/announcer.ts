import { Store } from './store.js';

/** Text that a screen reader says next. Refreshed figures are not announced. */
export const announcement = new Store('');

/** Announces a text, also if it is the same as before. */
export function announce(text: string): void {
  announcement.set(announcement.value === text ? `${text}\u00a0` : text);
}
