/** Bits of a hash that choose its register, and those whose leading zeros are counted. */
const INDEX_BITS = 12;
const RANK_BITS = 32 - INDEX_BITS;

/** Number of registers. The standard error is 1.04 / √registers, 1.6 %. */
const REGISTERS = 2 ** INDEX_BITS;

/** Relative standard error of the count. */
export const DISTINCT_ERROR = 1.04 / Math.sqrt(REGISTERS);

/**
 * Counts distinct hashes in 4 KiB, mergeable without loss (HyperLogLog: Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog: the analysis of a
 * near-optimal cardinality estimation algorithm", AofA 2007).
 */
export class DistinctCount {
  private readonly registers = new Uint8Array(REGISTERS);

  static from(content: string): DistinctCount {
    const count = new DistinctCount();
    count.registers.set(Buffer.from(content, 'base64').subarray(0, REGISTERS));
    return count;
  }

  /** @param hash 32 bits, evenly distributed */
  add(hash: number): void {
    const index = hash & (REGISTERS - 1);
    const rank = Math.min(Math.clz32(hash >>> INDEX_BITS) - INDEX_BITS, RANK_BITS) + 1;
    if (rank > (this.registers[index] ?? 0)) this.registers[index] = rank;
  }

  merge({ registers }: DistinctCount): void {
    for (const [index, rank] of registers.entries()) if (rank > (this.registers[index] ?? 0)) this.registers[index] = rank;
  }

  /**
   * Estimates the number of distinct hashes, without bias for few or many (O. Ertl, "New cardinality estimation algorithms for HyperLogLog
   * sketches", 2017, algorithm 6).
   */
  get estimate(): number {
    const counts = Array.from({ length: RANK_BITS + 2 }, () => 0);
    for (const rank of this.registers) counts[rank] = (counts[rank] ?? 0) + 1;
    let sum = REGISTERS * tau(1 - (counts[RANK_BITS + 1] ?? 0) / REGISTERS);
    for (let rank = RANK_BITS; rank >= 1; rank -= 1) sum = (sum + (counts[rank] ?? 0)) / 2;
    sum += REGISTERS * sigma((counts[0] ?? 0) / REGISTERS);
    return REGISTERS ** 2 / (2 * Math.LN2 * sum);
  }

  get bytes(): number {
    return this.registers.byteLength;
  }

  toContent(): string {
    return Buffer.from(this.registers).toString('base64');
  }
}

/** Computes x + Σ x^(2^k) 2^(k−1), over k from 1. */
function sigma(share: number): number {
  if (share === 1) return Infinity;
  let [power, factor, sum, before] = [share, 1, share, -1];
  while (sum !== before) {
    before = sum;
    power *= power;
    sum += power * factor;
    factor *= 2;
  }
  return sum;
}

/** Computes (1 − x − Σ (1 − x^(2^−k))² 2^−k) / 3, over k from 1. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let [root, factor, sum, before] = [share, 1, 1 - share, -1];
  while (sum !== before) {
    before = sum;
    root = Math.sqrt(root);
    factor /= 2;
    sum -= (1 - root) ** 2 * factor;
  }
  return sum / 3;
}
