/**
 * Computes how much faster a candidate is: control/candidate if it is faster, −candidate/control if it is slower. So 2 is twice
 * as fast and −2 half as fast.
 *
 * @returns undefined when a time is 0
 */
export function computeSpeedup(control: number, candidate: number): number | undefined {
  if (control <= 0 || candidate <= 0) return undefined;
  return control >= candidate ? control / candidate : -candidate / control;
}
