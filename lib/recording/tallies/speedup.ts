import { SHORTEST } from '../evidence/paired-speed.js';

/**
 * Computes how much faster a candidate is: control/candidate if it is faster, −candidate/control if it is slower. So 2 is twice
 * as fast and −2 half as fast.
 *
 * @param control in ms
 * @param candidate in ms
 * @returns undefined when one of them is below 5 µs, where a ratio says nothing
 */
export function computeSpeedup(control: number, candidate: number): number | undefined {
  if (control < SHORTEST || candidate < SHORTEST) return undefined;
  return computeFactor(control / candidate);
}

/** Returns a ratio of 1 or more as it is, and a lower one as its negative inverse. */
export function computeFactor(ratio: number): number {
  return ratio >= 1 ? ratio : -1 / ratio;
}
