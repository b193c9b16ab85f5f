import { computeFactor } from '../recording/tallies/speedup.js';
import type { Tally } from '../recording/tallies/tally.js';
import type { SpeedupBase, SpeedupPercentile } from './summary.js';

/** Percentiles at which the speedup is reported: every 5 %. */
const PERCENTILES = Array.from({ length: 21 }, (_, index) => index * 5);

/** Speedups of a candidate, and the call of the control that they are over. */
export interface Speedups {
  readonly speedup: readonly SpeedupPercentile[];
  readonly speedupOver: SpeedupBase;
}

/** Summarises the speedup over the control's second call where there are such calls: the first is no measure for what comes later. */
export function summariseSpeedups({ speedup, evidence: { speed } }: Pick<Tally, 'speedup' | 'evidence'>): Speedups {
  const isPaired = speed !== undefined && speed.pairs > 0;
  const factorAt = (percentile: number) => {
    const ratio = isPaired ? speed.percentile(percentile) : undefined;
    return ratio === undefined ? speedup.percentile(percentile) : computeFactor(ratio);
  };
  return {
    speedup: PERCENTILES.flatMap((percentile) => {
      const factor = factorAt(percentile);
      return factor === undefined ? [] : [{ percentile, factor }];
    }),
    speedupOver: isPaired ? 'secondCall' : 'firstCall',
  };
}
