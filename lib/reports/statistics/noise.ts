/** Fewest runs of the control against itself, and fewest differences among them, to call anything noise. */
const ENOUGH = { runs: 100, differences: 5 } as const;

/** The 95th percentile of the standard normal distribution. */
const Z = 1.6448536269514722;

/** Width of the margin in standard errors. It is wide because the margin is evaluated again and again. */
const WIDE = 3;

/** Largest margin, as a share of the noise itself. */
const NARROW_ENOUGH = 0.5;

/** Number of differences in a number of runs. */
export interface Frequency {
  readonly differences: number;
  readonly runs: number;
}

/**
 * Returns the margin, as a share of runs, by which a candidate may differ more often from the control than the control differs
 * from itself, if the candidate is not measurably worse. Returns undefined if it is worse, or if too little was measured to
 * decide.
 *
 * The candidate is worse if its share is significantly the larger one at 5 % (one-sided two-proportion z-test with pooled
 * variance: Fleiss, Levin, Paik, "Statistical Methods for Rates and Proportions", 3rd edition, 3.2). Too little was measured if
 * the margin, which is the difference of the shares plus three of its standard errors, is more than half of the noise.
 */
export function noiseMargin(candidate: Frequency, noise: Frequency): number | undefined {
  if (noise.runs < ENOUGH.runs || noise.differences < ENOUGH.differences || candidate.runs === 0) return undefined;
  const [p, q] = [candidate, noise].map(({ differences, runs }) => Math.min(differences / runs, 1)) as [number, number]; // two in, two out
  const pooled = (candidate.differences + noise.differences) / (candidate.runs + noise.runs);
  const deviation = Math.sqrt(Math.max(pooled * (1 - pooled), 0) * (1 / candidate.runs + 1 / noise.runs));
  if (p - q > Z * deviation) return undefined;
  const margin = Math.max(p - q + WIDE * Math.sqrt((p * (1 - p)) / candidate.runs + (q * (1 - q)) / noise.runs), 0);
  return margin <= NARROW_ENOUGH * q ? margin : undefined;
}
