import { randomInt } from 'node:crypto';

const TIME_LENGTH = 9;
const RANDOM_LENGTH = 7;

/** Number of characters of an id. */
export const ID_LENGTH = TIME_LENGTH + RANDOM_LENGTH;

/** Pattern that every id matches. */
export const SORTABLE_ID = new RegExp(`^[0-9a-z]{${ID_LENGTH}}$`);

/** Parts of this process's latest id. */
let last = { time: -1, random: 0 };

/**
 * Makes an id for a time, in ms since the epoch. Later ids sort after earlier ones, whichever process makes them. Within one process and
 * one ms, the random part continues from the last, as that of a monotonic ULID does.
 */
export function newSortableId(time: number): string {
  // Starting in the lower half leaves room to continue.
  const random = time === last.time ? last.random + 1 : randomInt(36 ** RANDOM_LENGTH / 2);
  last = { time, random };
  return time.toString(36).padStart(TIME_LENGTH, '0') + random.toString(36).padStart(RANDOM_LENGTH, '0');
}
