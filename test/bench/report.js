import { medianInterval, quartiles, ratios } from './measure.js';

/** A table for people: the first column to the left, the others to the right. */
export function table(head, rows) {
  const widths = head.map((title, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('   ');
  return [line(head), widths.map((width) => '─'.repeat(width)).join('───'), ...rows.map(line)].join('\n');
}

/** The median of some numbers with their quartiles, such as `12.3 (11.9–13.0)`. */
export function spread(numbers, digits = 1) {
  const [low, middle, high] = quartiles(numbers).map((number) => number.toFixed(digits));
  return `${middle} (${low}–${high})`;
}

/** How much one variant is of another: the median of the rounds' ratios, with their quartiles. */
export function times(numbers, base, digits = 2) {
  return `${spread(ratios(numbers, base), digits)} ×`;
}

/** A limit for the ratio of two variants, and whether it is kept. */
export class Target {
  static head = ['target', 'ratio', '95 % interval', 'limit', ''];

  /**
   * @param what the ratio's name
   * @param found the ratio, one a round; their median counts
   * @param limit `{ atMost }` or `{ atLeast }`
   */
  constructor(what, found, { atMost = Infinity, atLeast = -Infinity }) {
    const [, ratio] = quartiles(found);
    const isWithin = (number) => number >= atLeast && number <= atMost;
    const interval = medianInterval(found);
    const isSure = interval.every((end) => isWithin(end) === isWithin(ratio));
    this.what = what;
    this.isMet = isWithin(ratio);
    this.cells = [
      what,
      ratio.toFixed(3),
      interval.map((end) => end.toFixed(3)).join('–'),
      atMost === Infinity ? `≥ ${atLeast}` : `≤ ${atMost}`,
      `${this.isMet ? 'pass' : 'MISS'}${isSure ? '' : ', within the noise'}`,
    ];
  }
}
