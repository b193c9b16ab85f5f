import type { CandidateSummary } from '../summary.js';
import { number, significant } from './quantity.text.js';

/** Length of the longest bar, in characters. */
const BAR = 20;

/** Smallest factor that fills the chart, as a logarithm: twice as fast. So tiny speedups keep looking tiny. */
const LEAST = Math.log2(2);

/** Draws the speedup by percentile as bars: slower to the left, faster to the right, the median marked. */
export function speedupChart(speedup: CandidateSummary['speedup']): string[] {
  // Logarithmic, because otherwise one extreme value would hide the rest.
  const heights = speedup.map(({ factor }) => Math.log2(Math.max(Math.abs(factor), 1)));
  const highest = Math.max(LEAST, ...heights);
  const slower = speedup.some(({ factor }) => factor < -1) ? BAR : 0;
  const faster = speedup.some(({ factor }) => factor > 1) ? BAR : 0;
  return speedup.map(({ percentile, factor }, index) => {
    const bar = '█'.repeat(Math.round(((heights[index] ?? 0) / highest) * BAR) || 0);
    const sides = `${(factor < 0 ? bar : '').padStart(slower)}│${(factor > 0 ? bar : '').padEnd(faster)}`;
    const median = percentile === 50 ? '  <- median' : '';
    return `${`${number(percentile)} %`.padStart(7)} ${sides} ${`${significant(factor)}x`.padStart(8)}${median}`;
  });
}
