import { randomInt } from 'node:crypto';

const TIME_LENGTH = 9;
const RANDOM_LENGTH = 7;

/** How many characters an id has. */
export const ID_LENGTH = TIME_LENGTH + RANDOM_LENGTH;

/** What an id looks like. */
export const SORTABLE_ID = new RegExp(`^[0-9a-z]{${ID_LENGTH}}$`);

/** The last id of this process, in its parts. */
let last = { time: -1, random: 0 };

/**
 * Makes the id of what comes at a time, in ms since the epoch. What comes later sorts later, whoever makes it, and in one process also
 * within one ms: its random part then goes on from the last, as that of a monotonic ULID does.
 */
export function newSortableId(time: number): string {
  // The lower half leaves room to go on.
  const random = time === last.time ? last.random + 1 : randomInt(36 ** RANDOM_LENGTH / 2);
  last = { time, random };
  return time.toString(36).padStart(TIME_LENGTH, '0') + random.toString(36).padStart(RANDOM_LENGTH, '0');
}
