const float = new Float64Array(1);
const halves = new Int32Array(float.buffer);

/** Computes a digest of a number, the same for all that are not a number. */
export function digestNumber(number: number): number {
  float[0] = number;
  return Number.isNaN(number) ? 59 : mix(halves[0] ?? 0, halves[1] ?? 0);
}

/** Mixes 32 bits into a digest, by one step of MurmurHash3 (Appleby). */
export function mix(digest: number, next: number): number {
  let part = Math.imul(next, 0xcc9e2d51);
  part = (part << 15) | (part >>> 17);
  let whole = digest ^ Math.imul(part, 0x1b873593);
  whole = (whole << 13) | (whole >>> 19);
  return (Math.imul(whole, 5) + 0xe6546b64) | 0;
}
