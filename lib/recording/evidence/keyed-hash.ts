/**
 * Makes a hash of 32 bits depend on a key, and evens it out (MurmurHash3's finalizer `fmix32`, Appleby). With the same key, different hashes
 * stay different.
 */
export function keyHash(hash: number, key: number): number {
  let mixed = hash ^ key;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Makes a key of the identity of an experiment's results. All processes make the same. */
export function makeKey(...identity: readonly number[]): number {
  return identity.reduce((key, part) => keyHash(Math.imul(key, 31) + part, 0x9e3779b9), 0);
}
