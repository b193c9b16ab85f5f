/**
 * Speed of a candidate beside the control, in runs that call the control a second time. The two come in random order, so that neither gains
 * by coming second.
 *
 * @publicApi
 */
export interface Speed {
  /** Number of these runs, without those that take less than 5 µs. */
  readonly runs: number;
  /** Median of the control's second call divided by the candidate, with its 95 % confidence interval: 2 is twice as fast, 0.5 half as fast. */
  readonly speedup: { readonly estimate: number; readonly low: number; readonly high: number };
  /** Ratio of all durations together, which the slowest runs decide. */
  readonly total: number;
  /** Ratio of the control's first calls to its second ones, together: what caches give to whoever comes later. */
  readonly warmUp: number;
}

/** Ratios of the totals this close to the interval of the median are nothing to tell. */
const CLOSE = 1.25;

/** Says in a few words whether a candidate is slower than the control. */
export function speedText({ speedup, total }: Speed): string {
  const { estimate, low, high } = speedup;
  const median = low > 1 || high < 1 ? factorText(estimate) : 'as fast';
  if (total <= high * CLOSE && total >= low / CLOSE) return median;
  return `${median} in the median, ${factorText(total)} in total`;
}

function factorText(factor: number): string {
  const times = factor >= 1 ? factor : 1 / factor;
  return `${Number(times.toPrecision(times < 10 ? 2 : 3))} × ${factor >= 1 ? 'faster' : 'slower'}`;
}
