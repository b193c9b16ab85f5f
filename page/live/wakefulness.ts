import { Store } from './store.js';

/** True if the reader has paused the refresh. */
export const paused = new Store(false);

/** True if figures are to be refreshed: not on a hidden page, and not while paused. */
export const awake = new Store(true);

function look(): void {
  awake.set(!document.hidden && !paused.value);
}

document.addEventListener('visibilitychange', look);
paused.watch(look);
look();
