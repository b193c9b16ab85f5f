/** Number of buckets: shares are counted in hundredths of a percent. */
export const BUCKETS = 10_000;

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;
const encoder = new TextEncoder();

/** Returns the number of buckets that a percentage fills. */
export function countBuckets(percent: number): number {
  return Math.round(percent * (BUCKETS / 100));
}

/**
 * Returns the bucket, 0 to 9 999, of a subject in an experiment. It is the same in every process, evenly distributed, and unrelated to the
 * subject's bucket in another experiment.
 *
 * FNV-1a, 32 bits, over the UTF-8 of `name:subject` (draft-eastlake-fnv), then MurmurHash3's finalizer (`fmix32`, Appleby), because the top
 * bits of plain FNV-1a are uneven for short inputs.
 */
export function hashToBucket(name: string, subject: string): number {
  let hash = OFFSET_BASIS;
  for (const byte of encoder.encode(`${name}:${subject}`)) hash = Math.imul(hash ^ byte, PRIME);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash ^= hash >>> 16;
  return Math.floor(((hash >>> 0) / 2 ** 32) * BUCKETS);
}
