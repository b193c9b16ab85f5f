import { dateOf, timeText } from '../reports/text/quantity.text.js';
import type { Item } from './answers.js';

/** When an experiment runs, if not always. */
export function periodText({ startsAt, endsAt }: Item): string {
  const [start, end] = [dateOf(startsAt), dateOf(endsAt)];
  const parts = [start === null ? [] : `from ${timeText(start)}`, end === null ? [] : `until ${timeText(end)}`];
  return parts.flat().join(' ');
}

/** How many of its calls an experiment runs for, and from when on if not now. */
export function runningText(percent: number, { startsAt, endsAt }: Item, now = new Date()): string {
  const [start, end] = [dateOf(startsAt), dateOf(endsAt)];
  if (end !== null && end <= now) return `is set to ${percent} % of its calls, but its period ended at ${timeText(end)}`;
  if (start !== null && start > now) return `runs for ${percent} % of its calls from ${timeText(start)} on`;
  return `now runs for ${percent} % of its calls`;
}
