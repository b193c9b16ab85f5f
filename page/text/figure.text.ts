import { duration, number, share, significant } from '../../lib/reports/text/quantity.text.js';
import type { Interval } from '../api/summary.js';

export { counted, duration, inWords, number, share, significant } from '../../lib/reports/text/quantity.text.js';

/** Placeholder for a missing figure. */
export const NONE = '–';

/** Formats a speedup, such as "2.3× faster". */
export function speedupText(factor: number | null | undefined): string {
  if (factor == null) return NONE;
  const times = significant(Math.abs(factor));
  if (times === '1') return 'as fast';
  return `${times}× ${factor > 0 ? 'faster' : 'slower'}`;
}

/** Formats the match rate of a mismatch rate. */
export function matchText(mismatchRate: Interval | null | undefined): string {
  return mismatchRate ? share(1 - mismatchRate.estimate) : NONE;
}

/** Formats the confidence interval of the match rate. */
export function matchIntervalText({ low, high }: Interval): string {
  return `${share(1 - high)} to ${share(1 - low)}`;
}

/** Formats a number that may be large in few characters. */
export function compact(value: number): string {
  if (value < 10_000) return number(value);
  return new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
}

/** Formats a duration, or its absence. */
export function durationText(ms: number | undefined): string {
  return ms === undefined ? NONE : duration(ms);
}
