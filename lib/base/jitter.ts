/** Varies an interval by up to a tenth, so that processes that started together don't work at the same times. */
export function jitter(interval: number): number {
  return interval * (0.9 + Math.random() * 0.2);
}
