/**
 * A share, 0 to 1, with its 95 % confidence interval.
 *
 * @publicApi
 */
export interface RateInterval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** The 97.5th percentile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * Computes the share of trials that were successes, with its two-sided 95 % score interval (E. B. Wilson, "Probable Inference,
 * the Law of Succession, and Statistical Inference", JASA 22, 1927).
 *
 * @returns null without trials
 */
export function wilson(successes: number, trials: number): RateInterval | null {
  if (trials === 0) return null;
  const estimate = successes / trials;
  const scale = 1 + Z ** 2 / trials;
  const centre = estimate + Z ** 2 / (2 * trials);
  const width = Z * Math.sqrt((estimate * (1 - estimate)) / trials + Z ** 2 / (4 * trials ** 2));
  return {
    estimate,
    low: successes === 0 ? 0 : (centre - width) / scale,
    high: successes === trials ? 1 : (centre + width) / scale,
  };
}
