import { Store } from './store.js';

/** Whether the reader has stopped the refreshing. */
export const paused = new Store(false);

/** Whether figures are to be asked for: not where nobody sees them, and not while they are stopped. */
export const awake = new Store(true);

function look(): void {
  awake.set(!document.hidden && !paused.value);
}

document.addEventListener('visibilitychange', look);
paused.watch(look);
look();
