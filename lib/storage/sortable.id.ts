import { randomInt } from 'node:crypto';

const TIME_LENGTH = 9;
const RANDOM_LENGTH = 7;

/** How many characters an id has. */
export const ID_LENGTH = TIME_LENGTH + RANDOM_LENGTH;

/** What an id looks like. */
export const SORTABLE_ID = new RegExp(`^[0-9a-z]{${ID_LENGTH}}$`);

/** Makes the id of what comes at a time, in ms since the epoch: what comes later sorts later, whoever makes it. */
export function newSortableId(time: number): string {
  const random = randomInt(36 ** RANDOM_LENGTH).toString(36);
  return time.toString(36).padStart(TIME_LENGTH, '0') + random.padStart(RANDOM_LENGTH, '0');
}
