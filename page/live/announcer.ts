import { Store } from './store.js';

/** What a screen reader is to say next; an experiment's figures are not among it. */
export const announcement = new Store('');

/** Has something said. What was said before is said again. */
export function announce(text: string): void {
  announcement.set(announcement.value === text ? `${text}\u00a0` : text);
}
