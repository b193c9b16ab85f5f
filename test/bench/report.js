import { quantile, quantileInterval, quartiles, ratios } from './measure.js';

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

/** A limit for what was measured, and whether it is kept. */
export class Target {
  static head = ['target', 'measured', '95 % interval', 'limit', ''];

  /**
   * @param what the name of what was measured
   * @param found a ratio or another figure, one a round
   * @param limit `{ atMost }`, `{ atLeast }` or `{ exactly }`
   * @param share which quantile of them counts; without, the median
   */
  constructor(what, found, { exactly, atMost = exactly ?? Infinity, atLeast = exactly ?? -Infinity }, share = 0.5) {
    const counting = quantile(found, share);
    const isWithin = (number) => number >= atLeast && number <= atMost;
    const interval = quantileInterval(found, share);
    const isSure = interval.every((end) => isWithin(end) === isWithin(counting));
    this.what = what;
    this.isMet = isWithin(counting);
    this.cells = [
      what,
      counting.toFixed(3),
      interval.map((end) => end.toFixed(3)).join('–'),
      limitOf({ exactly, atMost, atLeast }),
      `${this.isMet ? 'pass' : 'MISS'}${isSure ? '' : ', within the noise'}`,
    ];
  }
}

function limitOf({ exactly, atMost, atLeast }) {
  if (exactly !== undefined) return `= ${exactly}`;
  return atMost === Infinity ? `≥ ${atLeast}` : `≤ ${atMost}`;
}
