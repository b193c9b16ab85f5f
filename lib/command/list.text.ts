import { brief } from '../recording/text/printable.js';
import { dateOf, timeText } from '../recording/text/quantity.text.js';
import type { Item } from './answers.js';

/** The experiments as a table, their names last since these have any width. */
export function listText(items: readonly Item[]): string {
  if (items.length === 0) return 'There are no experiments.\n';
  const rows = items.map(({ name, percentEnabled, lastRunAt }) => ({
    name: cell(name),
    share: `${cell(percentEnabled)} %`,
    last: lastOf(lastRunAt),
  }));
  return [{ name: 'experiment', share: 'share', last: 'last run' }, ...rows]
    .map(({ name, share, last }) => `${share.padStart(7)}  ${last.padEnd(23)}  ${name}\n`)
    .join('');
}

function lastOf(lastRunAt: unknown): string {
  const time = dateOf(lastRunAt);
  return time === null ? 'never' : timeText(time);
}

function cell(value: unknown): string {
  return brief(typeof value === 'string' ? value : JSON.stringify(value ?? null));
}
