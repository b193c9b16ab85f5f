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
  /** By how much, as a share of runs, it may be worse than noise there. */
  readonly margin: number;
  /** In how many of the differences it is not known whether they are noise: they count against the candidate, but prove nothing. */
  readonly unknown: number;
  /** In which way it differs most often, but for noise, if that is known. */
  readonly mostly: string | undefined;
  /** The share of calls that may differ, above 0 and below 1. */
  readonly targetRate: number;
  /** How sure that must be, above 0 and below 1. */
  readonly confidence: number;
}

/** Whether it is safe to switch, by a test that may be looked at after every run: see `evidenceBelow`. */
export function decideReadiness(measured: Measured): Readiness {
  const { runs, differences, noise, unknown, mostly, targetRate, confidence } = measured;
  const counting = differences - noise;
  const enough = -Math.log(1 - confidence);
  const sure = `With ${percent(confidence)} confidence`;
  if (evidenceBelow(runs, counting, targetRate) >= enough) {
    return {
      state: 'ready',
      reason: `${sure} fewer than ${percent(targetRate)} of calls differ${besideNoise(measured)}.`,
      runsNeeded: 0,
    };
  }
  const seen = `${counting} of ${runs} runs differ${besideNoise(measured)}`;
  if (evidenceAbove(runs, counting - unknown, targetRate) >= enough) {
    const most = mostly === undefined ? '' : `, most often ${mostly}`;
    return {
      state: 'notReady',
      reason: `${sure} more than ${percent(targetRate)} of calls differ: ${seen}${most}.`,
      runsNeeded: null,
    };
  }
  const runsNeeded = runsUntil((more) => evidenceBelow(runs + more, counting, targetRate) >= enough);
  const needed = runsNeeded === null ? 'Too many more runs' : `${runsNeeded} more run${runsNeeded === 1 ? '' : 's'}`;
  const are = runsNeeded === 1 ? 'is' : 'are';
  const unsure = unknown > 0 ? `, ${unknown} of which could be noise` : '';
  return { state: 'collecting', reason: `${seen}${unsure}. ${needed} without a difference ${are} needed.`, runsNeeded };
}

/** How many runs don't count, and how sure that is. */
function besideNoise({ noise, margin }: Measured): string {
  if (noise === 0) return '';
  return `, beside ${noise} that differ where the control differs from itself, as often to within ${percent(margin, 2)} of calls`;
}

/** The fewest more runs that are enough: with runs without a difference the evidence only grows. */
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

function percent(share: number, decimals = 4): string {
  return `${Number((share * 100).toFixed(decimals))} %`;
}

/**
 * Whether it is safe to switch.
 *
 * @publicApi
 */
export interface Readiness {
  readonly state: 'collecting' | 'notReady' | 'ready';
  /** A sentence for people. */
  readonly reason: string;
  /** How many more runs without a difference make it ready; 0 when it is, null when it can't be said. */
  readonly runsNeeded: number | null;
}
