import { evidenceBelow, logSum } from './evidence.js';

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

/** Evidence against a rate, as a natural logarithm, with which it is rejected. */
const ENOUGH = Math.log(1 / 0.05);

/** Steps of the bisection, which make the bounds exact to 2^-26. */
const STEPS = 26;

/**
 * Computes the share of trials that were successes, with the rates that the evidence doesn't reject. The interval holds at every look, of
 * however many: a confidence sequence (D. A. Darling and H. Robbins, "Confidence sequences for mean, variance, and median", 1967).
 *
 * @returns null without trials
 */
export function intervalOf(successes: number, trials: number): RateInterval | null {
  if (trials === 0) return null;
  const estimate = successes / trials;
  const marginal = logMarginal(successes, trials);
  const isRejected = (rate: number) => evidenceAgainst(rate, successes, trials, marginal) >= ENOUGH;
  return {
    estimate,
    low: successes === 0 ? 0 : findBound(estimate, 0, isRejected),
    high: successes === trials ? 1 : findBound(estimate, 1, isRejected),
  };
}

/**
 * Computes the evidence against a rate, as a natural logarithm: the mean of the verdict's own, for what succeeds and for what fails, which is
 * best where little does, and of a mixture of all rates, by which the interval narrows with any number of trials.
 */
function evidenceAgainst(rate: number, successes: number, trials: number, marginal: number): number {
  const failures = trials - successes;
  return logSum([
    [1 / 3, evidenceBelow(trials, successes, rate)],
    [1 / 3, evidenceBelow(trials, failures, 1 - rate)],
    [1 / 3, marginal - successes * Math.log(rate) - failures * Math.log(1 - rate)],
  ]);
}

/** Computes the logarithm of the probability of these trials, in this order, if all rates are as likely as Jeffreys' prior says. */
function logMarginal(successes: number, trials: number): number {
  return logGamma(successes + 0.5) + logGamma(trials - successes + 0.5) - logGamma(trials + 1) - Math.log(Math.PI);
}

/** Computes the logarithm of the gamma function of a number of ½ or more, to 1e-9 (Stirling's series, from 10 on). */
function logGamma(value: number): number {
  let [shifted, factor] = [value, 1];
  for (; shifted < 10; shifted += 1) factor *= shifted;
  const inverse = 1 / shifted ** 2;
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1_260 - inverse / 1_680))) / shifted;
  return (shifted - 0.5) * Math.log(shifted) - shifted + Math.log(2 * Math.PI) / 2 + series - Math.log(factor);
}

/** Finds the rate nearest to the estimate that is rejected, on the way to an end; the end if none is. */
function findBound(estimate: number, end: number, isRejected: (rate: number) => boolean): number {
  let [kept, rejected] = [estimate, end];
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (kept + rejected) / 2;
    if (isRejected(middle)) rejected = middle;
    else kept = middle;
  }
  return rejected;
}
