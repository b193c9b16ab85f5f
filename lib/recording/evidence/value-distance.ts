import type { JsonValue } from '../../values/json-value.js';

/** Matches a time as JSON has it. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/;

/** Distance of two numbers, as a share of the larger one, or of two times, in ms. */
export interface Distance {
  readonly unit: 'share' | 'ms';
  readonly size: number;
}

/** Distances that nobody cares for where the control has them too: a millionth of a number, and a second of a time. */
export const NEGLIGIBLE = { share: 1e-6, ms: 1_000 };

/** Measures how far apart two numbers, or two times, are; undefined for other values. */
export function distanceBetween(one: JsonValue | undefined, other: JsonValue | undefined): Distance | undefined {
  if (typeof one === 'number' && typeof other === 'number') {
    const largest = Math.max(Math.abs(one), Math.abs(other));
    return { unit: 'share', size: largest === 0 ? 0 : Math.abs(one - other) / largest };
  }
  const times = [one, other].map((value) => (typeof value === 'string' && TIME.test(value) ? Date.parse(value) : NaN));
  const [from = NaN, to = NaN] = times;
  return Number.isNaN(from) || Number.isNaN(to) ? undefined : { unit: 'ms', size: Math.abs(from - to) };
}
