import { performance } from 'node:perf_hooks';

/** Limit of bytes per second, with a reserve for bursts (a token bucket: Turner, "New directions in communications", 1986). */
export class ByteRate {
  private left: number;
  private at = performance.now();

  /**
   * @param perSecond average rate, in bytes
   * @param burst bytes that may be written at once after a silence
   */
  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.left = burst;
  }

  /** Tells whether something may be written now. */
  get isOpen(): boolean {
    const now = performance.now();
    this.left = Math.min(this.burst, this.left + (Math.max(now - this.at, 0) / 1_000) * this.perSecond);
    this.at = now;
    return this.left > 0;
  }

  /** Records that bytes were written. If they exceed what was left, nothing may be written until the rate has made up for them. */
  wrote(bytes: number): void {
    this.left -= bytes;
  }
}
