import { createHash, randomBytes } from 'node:crypto';

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

/** Returns a salt that nobody can guess. */
export function makeSalt(): string {
  return randomBytes(16).toString('hex');
}

/** Makes hashes depend on a salt: without it, nobody can tell of what they are. */
export class SaltedHash {
  private readonly keys: readonly [number, number, number];

  constructor(salt: string) {
    const bytes = createHash('sha256').update(salt).digest();
    this.keys = [bytes.readUInt32LE(0), bytes.readUInt32LE(4), bytes.readUInt32LE(8)];
  }

  /** Returns the salted form of a hash of 32 bits. Different hashes stay different. */
  of(hash: number): number {
    const [one, two, three] = this.keys;
    return keyHash(keyHash(keyHash(hash, one), two), three);
  }
}
