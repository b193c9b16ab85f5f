import type { Readiness } from '../summary.js';
import { evidenceAbove, evidenceBelow } from './evidence.js';

/** More runs than this are not promised to be enough. */
const MOST_RUNS = 10_000_000;

/** What readiness is decided by: nothing else of an experiment has a part in it. */
export interface Measured {
  readonly runs: number;
  /** In how many of them the candidate differed. */
  readonly differences: number;
  /** In how many of these only in ways that are no worse than noise, which don't count. */
  readonly noise: number;
  /** The field that differs most often, but for noise, if that is known. */
  readonly mostFrequent: string | undefined;
  /** The share of calls that may differ, above 0 and below 1. */
  readonly targetRate: number;
  /** How sure that must be, above 0 and below 1. */
  readonly confidence: number;
}

/** Whether it is safe to switch, by a test that may be looked at after every run: see `evidenceBelow`. */
export function readinessOf(measured: Measured): Readiness {
  const { runs, differences, noise, mostFrequent, targetRate, confidence } = measured;
  const counting = differences - noise;
  const enough = -Math.log(1 - confidence);
  const sure = `With ${percent(confidence)} confidence`;
  if (evidenceBelow(runs, counting, targetRate) >= enough) {
    return { state: 'ready', reason: `${sure} fewer than ${percent(targetRate)} of calls differ.`, runsNeeded: 0 };
  }
  const seen = `${counting} of ${runs} runs differ${noise > 0 ? `, beside ${noise} that differ no more than noise` : ''}`;
  const mostly = mostFrequent === undefined ? '' : `, most often in ${mostFrequent}`;
  if (evidenceAbove(runs, counting, targetRate) >= enough) {
    return {
      state: 'notReady',
      reason: `${sure} more than ${percent(targetRate)} of calls differ: ${seen}${mostly}.`,
      runsNeeded: null,
    };
  }
  const runsNeeded = runsUntil((more) => evidenceBelow(runs + more, counting, targetRate) >= enough);
  const needed = runsNeeded === null ? 'Too many more runs' : `${runsNeeded} more run${runsNeeded === 1 ? '' : 's'}`;
  const are = runsNeeded === 1 ? 'is' : 'are';
  return { state: 'collecting', reason: `${seen}. ${needed} without a difference ${are} needed.`, runsNeeded };
}

/**
 * The fewest more runs that are enough. With more runs without a difference the evidence first may fall, and then grows for good,
 * so that what is enough stays enough.
 */
function runsUntil(isEnough: (more: number) => boolean): number | null {
  let tooFew = 0;
  let high = 1;
  while (!isEnough(high)) {
    if (high >= MOST_RUNS) return null;
    tooFew = high;
    high = Math.min(high * 2, MOST_RUNS);
  }
  while (high - tooFew > 1) {
    const middle = Math.floor((tooFew + high) / 2);
    if (isEnough(middle)) high = middle;
    else tooFew = middle;
  }
  return high;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(4))} %`;
}
