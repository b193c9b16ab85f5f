/** Number of things that may be there at the same time, for several holders. */
export class Allowance {
  constructor(private left: number) {}

  /** Takes one, if any is left. */
  take(): boolean {
    if (this.left === 0) return false;
    this.left -= 1;
    return true;
  }

  giveBack(count: number): void {
    this.left += count;
  }
}
