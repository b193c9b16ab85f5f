/** How many runs of the control against itself, and how many differences among them, it takes to speak of noise at all. */
const ENOUGH = { runs: 100, differences: 5 } as const;

/** The 95th percentile of the standard normal distribution. */
const Z = 1.6448536269514722;

/** How often something differed, in how many runs. */
export interface Frequency {
  readonly differences: number;
  readonly runs: number;
}

/**
 * Whether a candidate differs no more often from the control than the control from itself: not if that was hardly measured, and not
 * if the candidate's share is significantly the larger one at 5 % (one-sided two-proportion z-test with pooled variance: Fleiss,
 * Levin, Paik, "Statistical Methods for Rates and Proportions", 3rd edition, 3.2).
 */
export function isNoWorseThan(candidate: Frequency, noise: Frequency): boolean {
  if (noise.runs < ENOUGH.runs || noise.differences < ENOUGH.differences || candidate.runs === 0) return false;
  const pooled = (candidate.differences + noise.differences) / (candidate.runs + noise.runs);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / candidate.runs + 1 / noise.runs));
  return candidate.differences / candidate.runs - noise.differences / noise.runs <= Z * deviation;
}
