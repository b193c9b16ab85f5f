import { randomInt } from 'node:crypto';

const TIME_LENGTH = 9;
const RANDOM_LENGTH = 7;

/** What an id looks like. */
export const SAMPLE_ID = new RegExp(`^[0-9a-z]{${TIME_LENGTH + RANDOM_LENGTH}}$`);

/** Makes the id of a sample that is taken at a time, in ms since the epoch: what is taken later sorts later. */
export function newSampleId(time: number): string {
  const random = randomInt(36 ** RANDOM_LENGTH).toString(36);
  return time.toString(36).padStart(TIME_LENGTH, '0') + random.padStart(RANDOM_LENGTH, '0');
}
