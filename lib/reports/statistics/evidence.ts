/** A possible true rate, and the share of the bet on it. The weights of a mixture add up to 1. */
type Bet = readonly [weight: number, rate: number];

/** Rates below the target, as shares of it. Half of the bet is on no difference at all. */
const BELOW: readonly Bet[] = [
  [0.5, 0],
  [0.25, 1 / 16],
  [0.15, 1 / 4],
  [0.08, 1 / 2],
  [0.02, 3 / 4],
];

/** Rates above the target, as multiples of its odds. */
const ABOVE: readonly Bet[] = [
  [0.4, 2],
  [0.3, 4],
  [0.2, 16],
  [0.1, 64],
];

/**
 * Computes the evidence for a rate of differences below the target, against the target itself, as a natural logarithm.
 *
 * The likelihood ratio of a mixture of rates against the target: `Σ w (r/p)^k ((1−r)/(1−p))^(n−k)`. If the true rate is the
 * target or above, it is a non-negative supermartingale that begins at 1, so that it *ever* reaches 1/α with a probability of at
 * most α (J. Ville, "Étude critique de la notion de collectif", 1939; mixtures: H. Robbins, "Statistical Methods Related to the Law
 * of the Iterated Logarithm", 1970). It can therefore be looked at after every run.
 * A run may differ in part: between a run that doesn't and one that does, the ratio lies below the straight line, so that its
 * expectation is at most 1 there too.
 *
 * @param runs number of runs, n
 * @param differences number of runs in which the two differed, k, or the sum of their parts
 * @param target p, above 0 and below 1
 */
export function evidenceBelow(runs: number, differences: number, target: number): number {
  return mixture(
    BELOW.map(([weight, share]) => [weight, share * target]),
    runs,
    differences,
    target,
  );
}

/**
 * Computes the evidence for a rate above the target, like `evidenceBelow`. If the true rate is the target or below, it ever
 * reaches 1/α with a probability of at most α.
 */
export function evidenceAbove(runs: number, differences: number, target: number): number {
  const odds = target / (1 - target);
  return mixture(
    ABOVE.map(([weight, times]) => [weight, (odds * times) / (1 + odds * times)]),
    runs,
    differences,
    target,
  );
}

/** Adds numbers that are given by their logarithms, with weights. Returns the logarithm of the sum. */
export function logSum(terms: readonly (readonly [weight: number, logarithm: number])[]): number {
  const largest = Math.max(...terms.map(([, logarithm]) => logarithm));
  if (largest === -Infinity) return -Infinity;
  return largest + Math.log(terms.reduce((sum, [weight, logarithm]) => sum + weight * Math.exp(logarithm - largest), 0));
}

function mixture(bets: readonly Bet[], runs: number, differences: number, target: number): number {
  return logSum(
    bets.map(([weight, rate]) => {
      const differing = differences === 0 ? 0 : differences * Math.log(rate / target);
      return [weight, differing + (runs - differences) * Math.log((1 - rate) / (1 - target))];
    }),
  );
}
