import { epochName } from '../reports/text/epoch.text.js';
import { brief, printable } from '../reports/text/printable.js';
import { dateOf, timeText } from '../reports/text/quantity.text.js';
import type { EpochLike } from './api-answers.js';

/** Renders the epochs of an experiment as a table. Releases are last, because they have any width. */
export function epochsText(name: string, epochs: readonly EpochLike[]): string {
  if (epochs.length === 0) return `Nothing is recorded of "${printable(name)}".\n`;
  const rows = epochs.map((epoch) => ({
    number: String(epoch.number),
    begun: moment(epoch.begunAt),
    seen: epoch.current ? 'runs now' : moment(epoch.seenAt),
    release: brief(epochName(epoch)),
  }));
  return [{ number: 'epoch', begun: 'since', seen: 'last seen', release: 'release' }, ...rows]
    .map(({ number, begun, seen, release }) => `${number.padStart(7)}  ${begun.padEnd(23)}  ${seen.padEnd(23)}  ${release}\n`)
    .join('');
}

function moment(value: unknown): string {
  const time = dateOf(value);
  return time === null ? '' : timeText(time);
}
