import { dateOf, timeText } from '../reports/text/quantity.text.js';
import type { Item } from './api-answers.js';

/** Describes the period of an experiment; empty if it always runs. */
export function periodText({ startsAt, endsAt }: Item): string {
  const [start, end] = [dateOf(startsAt), dateOf(endsAt)];
  const parts = [start === null ? [] : `from ${timeText(start)}`, end === null ? [] : `until ${timeText(end)}`];
  return parts.flat().join(' ');
}

/** Describes the percentage of an experiment's calls, and the start of its period if that is in the future. */
export function runningText(percent: number, { startsAt, endsAt }: Item, now = new Date()): string {
  const [start, end] = [dateOf(startsAt), dateOf(endsAt)];
  if (end !== null && end <= now) return `is set to ${percent} % of its calls, but its period ended at ${timeText(end)}`;
  if (start !== null && start > now) return `runs for ${percent} % of its calls from ${timeText(start)} on`;
  return `now runs for ${percent} % of its calls`;
}
