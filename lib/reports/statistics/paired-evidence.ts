import { evidenceBelow, logSum } from './evidence.js';

/** Shares of the largest possible bet, each with a weight. Rare events are best met by large bets, frequent ones by small ones. */
const BETS: readonly (readonly [weight: number, share: number])[] = [
  [0.2, 0.95],
  [0.2, 0.7],
  [0.2, 0.4],
  [0.2, 0.2],
  [0.1, 0.1],
  [0.1, 0.03],
];

/** Shares of the bets on all runs, and on the pairs alone. */
const RUNS = 0.9;
const PAIRS = 0.1;

/** Runs in which the control was called a second time, beside the candidate. */
export interface Pairs {
  readonly pairs: number;
  /** Number of those in which the control differed from itself. */
  readonly varied: number;
  /** Number of those in which the candidate alone differed from the control's first answer. */
  readonly worse: number;
  /** Number of those in which the control's second answer alone differed from the first. */
  readonly better: number;
  /** Number of those in which the candidate alone gave what the control was never seen to give. */
  readonly newWorse: number;
  /** Number of those in which the control's second answer alone was one that was never seen before. */
  readonly newBetter: number;
}

/**
 * Computes the evidence that a candidate differs from the control more often than the control does from itself, by more than the target,
 * as a natural logarithm. It is the mean of two tests: of all differences, and of those by values that the control was never seen to give.
 *
 * Candidate and second call come in random order, so that those of identical code can be exchanged. The difference of each pair, −1, 0 or 1,
 * then has an expectation of 0, and one of at most the target for a candidate that is good enough. Betting on it gives a supermartingale:
 * it ever reaches 1/α with a probability of at most α (I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by
 * betting", JRSS B 2024; of a target of 0, a sequential form of Q. McNemar's test, Psychometrika 1947).
 */
export function evidenceOfExcess({ pairs, worse, better, newWorse, newBetter }: Pairs, target: number): number {
  return logSum([
    [0.5, betOn(worse, better, pairs, target)],
    [0.5, betOn(newWorse, newBetter, pairs, target)],
  ]);
}

/**
 * Computes the evidence that less than the target can hide in noise, as a natural logarithm: that fewer calls differ at all, noise or not;
 * or that the candidate differs in fewer of those runs in which the control agrees with itself.
 *
 * @param differences number of runs that differ, also as the control differs from itself
 */
export function evidenceOfClarity(runs: number, differences: number, pairs: Pairs | undefined, target: number): number {
  const ofRuns = evidenceBelow(runs, differences, target);
  if (pairs === undefined || pairs.pairs === 0) return ofRuns;
  return logSum([
    [RUNS, ofRuns],
    [PAIRS, evidenceBelow(pairs.pairs - pairs.varied, pairs.worse, target)],
  ]);
}

/** Bets on more steps up than down, against a mean of at most the target. */
function betOn(up: number, down: number, steps: number, target: number): number {
  return logSum(
    BETS.map(([weight, share]) => {
      const bet = share / (1 + target);
      const rest = (steps - up - down) * Math.log1p(-bet * target);
      return [weight, up * Math.log1p(bet * (1 - target)) + down * Math.log1p(-bet * (1 + target)) + rest];
    }),
  );
}
