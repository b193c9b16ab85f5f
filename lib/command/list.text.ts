import { brief } from '../reports/text/printable.js';
import { dateOf, timeText } from '../reports/text/quantity.text.js';
import type { Item } from './api-answers.js';
import { periodText } from './period.text.js';

/** Renders experiments as a table. Names are last, because they have any width. */
export function listText(items: readonly Item[]): string {
  if (items.length === 0) return 'There are no experiments.\n';
  const rows = items.map((item) => ({
    name: cell(item['name']),
    share: `${cell(item['percentEnabled'])} %`,
    last: lastRunText(item['lastRunAt']),
    period: periodText(item),
  }));
  const width = Math.max(...rows.map(({ period }) => period.length));
  const title = { name: 'experiment', share: 'share', last: 'last run', period: 'period' };
  return [title, ...rows]
    .map(({ name, share, last, period }) => {
      const column = width === 0 ? '' : `${period.padEnd(width)}  `;
      return `${share.padStart(7)}  ${last.padEnd(23)}  ${column}${name}\n`;
    })
    .join('');
}

function lastRunText(lastRunAt: unknown): string {
  const time = dateOf(lastRunAt);
  return time === null ? 'never' : timeText(time);
}

function cell(value: unknown): string {
  return brief(typeof value === 'string' ? value : JSON.stringify(value ?? null));
}
