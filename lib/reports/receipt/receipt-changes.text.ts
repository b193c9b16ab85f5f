import { sentence } from '../text/markdown.js';
import { printable } from '../text/printable.js';
import { dateOf, timeText } from '../text/quantity.text.js';
import type { Direction, ReceiptChange, ReceiptComparison } from './receipt-changes.js';

const TITLES: Readonly<Record<Direction, string>> = { better: 'Better', same: 'The same', worse: 'Worse' };
const MARKS: Readonly<Record<Direction, string>> = { better: '+', same: ' ', worse: '-' };

/** Renders a comparison as text for a terminal. Lines that begin with "-" are for the worse, with "+" for the better. */
export function changesText(comparison: ReceiptComparison): string {
  const lines = comparison.changes.map((change) => `${MARKS[change.direction]} ${ownerOf(change)}${change.text}`);
  return [headText(comparison), ...lines].map((line) => `${printable(line)}\n`).join('');
}

/** Renders a comparison as Markdown. */
export function changesMarkdown(comparison: ReceiptComparison): string {
  const items = comparison.changes.map((change) => {
    const text = sentence(`${ownerOf(change)}${change.text}`);
    return change.direction === 'same' ? `- ${text}` : `- **${change.direction}**: ${text}`;
  });
  return `${[`## ${sentence(headText(comparison))}`, '', ...items].join('\n').trimEnd()}\n`;
}

function headText({ experiment, direction, from, to, changes }: ReceiptComparison): string {
  const times = [from, to].map((time) => {
    const date = dateOf(time);
    return date === null ? '?' : timeText(date);
  });
  const nothing = changes.length === 0 ? '; nothing has changed' : '';
  return `${TITLES[direction]}: ${experiment}, from ${times.join(' to ')}${nothing}`;
}

function ownerOf({ candidate }: ReceiptChange): string {
  return candidate === null ? '' : `${candidate}: `;
}
