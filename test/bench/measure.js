/** The value below which a share of some numbers is. */
export function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const next = sorted[below + 1] ?? sorted[below];
  return sorted[below] + (next - sorted[below]) * (position - below);
}

/** The lower quartile, the median and the upper quartile of some numbers. */
export function quartiles(numbers) {
  return [0.25, 0.5, 0.75].map((share) => quantile(numbers, share));
}

/** The 95 % confidence interval of a quantile, for numbers of any distribution: by the binomial distribution of ranks. */
export function quantileInterval(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const last = sorted.length - 1;
  const [middle, width] = [sorted.length * share, 1.96 * Math.sqrt(sorted.length * share * (1 - share))];
  return [sorted[Math.max(0, Math.floor(middle - width))], sorted[Math.min(last, Math.ceil(middle + width) - 1)]];
}

/**
 * Measures variants in turns: each once a round, in an order drawn anew for every round, so that whatever else the machine does
 * meets all of them alike.
 *
 * @param variants by name, functions of the round that measure once and give what they measured, or a promise of it
 * @returns what was measured of each variant, one a round; rounds to warm up have negative numbers, and don't count
 */
export async function inTurns(variants, { rounds, warmUp = 0 }) {
  const measured = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const name of shuffled(Object.keys(variants))) {
      const result = await variants[name](round);
      if (round >= 0) measured[name].push(result);
    }
  }
  return measured;
}

/** How one variant compares with another: a ratio for each round, in which both met the same machine. */
export function ratios(numbers, base) {
  return numbers.map((number, round) => number / base[round]);
}

/** A turn of the event loop: what was left for later by what ran before has run. */
export function turn() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Fisher and Yates. */
function shuffled(list) {
  for (let last = list.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [list[last], list[other]] = [list[other], list[last]];
  }
  return list;
}
