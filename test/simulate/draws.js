import { chance } from '../support/chance.js';

/** Draws for simulated experiments, the same for each seed. */
export class Draws {
  constructor(seed) {
    // One generator alone repeats itself too much for experiments of a million draws in a fixed order.
    const [one, other] = [chance(seed), chance(Math.imul(seed, 0x9e3779b1) + 12_345)];
    this.uniform = () => (one() + other()) % 1;
  }

  /** Whether something happens that has this probability. */
  happens(probability) {
    return this.uniform() < probability;
  }

  /** A whole number below a limit. */
  below(limit) {
    return Math.floor(this.uniform() * limit);
  }

  /** A number of repetitions, at least one, with this mean: geometrically distributed. */
  repetitions(mean) {
    return mean <= 1 ? 1 : 1 + Math.floor(Math.log(1 - this.uniform()) / Math.log(1 - 1 / mean));
  }
}

/** The largest number of successes that a binomial distribution exceeds with a probability of at most 0.1 %. */
export function mostByChance(trials, probability) {
  let chanceOf = (1 - probability) ** trials;
  let sum = chanceOf;
  let successes = 0;
  while (sum < 0.999) {
    successes += 1;
    chanceOf *= (((trials - successes + 1) / successes) * probability) / (1 - probability);
    sum += chanceOf;
  }
  return successes;
}
