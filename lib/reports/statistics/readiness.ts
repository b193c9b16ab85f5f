import { evidenceAbove, evidenceBelow } from './evidence.js';

/** Largest prediction of runs needed. */
const MOST_RUNS = 10_000_000;

/** Measurements that decide readiness. Nothing else of an experiment does. */
export interface Measured {
  readonly runs: number;
  /** Number of runs in which the candidate differed. */
  readonly differences: number;
  /** Number of these runs that differ only in ways that are no worse than noise. They don't count. */
  readonly noise: number;
  /** Margin, as a share of runs, by which these ways may be worse than noise. */
  readonly margin: number;
  /** Number of differences that may or may not be noise. They count against the candidate, but prove nothing. */
  readonly unknown: number;
  /** Most frequent way of differing, apart from noise, if known. */
  readonly mostly: string | undefined;
  /** Share of calls that may differ, above 0 and below 1. */
  readonly targetRate: number;
  /** Confidence required, above 0 and below 1. */
  readonly confidence: number;
}

/** Decides whether it is safe to switch, by a test that may be repeated after every run: see `evidenceBelow`. */
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

/** Describes the runs that don't count, and the margin of that. */
function besideNoise({ noise, margin }: Measured): string {
  if (noise === 0) return '';
  return `, beside ${noise} that differ where the control differs from itself, as often to within ${percent(margin, 2)} of calls`;
}

/**
 * Finds the fewest further runs that are enough, by bisection. Further runs without a difference only increase the evidence.
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

function percent(share: number, decimals = 4): string {
  return `${Number((share * 100).toFixed(decimals))} %`;
}

/**
 * Decision whether it is safe to switch.
 *
 * @publicApi
 */
export interface Readiness {
  readonly state: 'collecting' | 'notReady' | 'ready';
  /** A sentence for people that explains the state. */
  readonly reason: string;
  /** Number of further runs without a difference until it is ready; 0 when it is, null when that can't be predicted. */
  readonly runsNeeded: number | null;
}
