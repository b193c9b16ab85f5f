/** Most hashes that are kept. */
export const MOST_HASHES = 256;

/** Rows for which room is made first. */
const FIRST_ROWS = 16;

/**
 * The smallest of all hashes that were ever added, each with some whole numbers: a uniform sample of what is distinct (K minimum values:
 * Bar-Yossef, Jayram, Kumar, Sivakumar, Trevisan, "Counting Distinct Elements in a Data Stream", RANDOM 2002). A hash that is kept has
 * been kept since it was first added, so that its numbers are complete; one that was dropped never comes back.
 */
export class SmallestHashes {
  /** Number of hashes that are kept. */
  size = 0;
  /** True if a hash was ever dropped. */
  isCut = false;
  private cells: Uint32Array;

  /** @param columns number of whole numbers, each below 2^32, that are kept with a hash */
  constructor(private readonly columns: number) {
    this.cells = new Uint32Array(FIRST_ROWS * this.width);
  }

  /** Makes them of a flat list of rows, ascending by hash. */
  static from(columns: number, rows: readonly number[], isCut: boolean): SmallestHashes {
    const hashes = new SmallestHashes(columns);
    hashes.cells = Uint32Array.from(rows);
    hashes.size = rows.length / hashes.width;
    hashes.isCut = isCut;
    return hashes;
  }

  /** Returns the row of a hash; -1 if it isn't kept. */
  find(hash: number): number {
    const row = this.placeOf(hash);
    return row < this.size && this.hashAt(row) === hash ? row : -1;
  }

  /** Returns the row of a hash, which is added with zeros if it is new; -1 if it is larger than all that fit. */
  add(hash: number): number {
    const row = this.placeOf(hash);
    if (row < this.size && this.hashAt(row) === hash) return row;
    if (this.size === MOST_HASHES) {
      this.isCut = true;
      if (row === MOST_HASHES) return -1;
      this.size -= 1;
    }
    this.makeRoom();
    const { width } = this;
    this.cells.copyWithin((row + 1) * width, row * width, this.size * width);
    this.cells.fill(0, row * width, (row + 1) * width);
    this.cells[row * width] = hash;
    this.size += 1;
    return row;
  }

  hashAt(row: number): number {
    return this.cells[row * this.width] ?? 0;
  }

  /** Returns a number of a row. Columns count from 0. */
  get(row: number, column: number): number {
    return this.cells[row * this.width + 1 + column] ?? 0;
  }

  /** Sets a number of a row; what is too large for 32 bits becomes the largest that fits. */
  set(row: number, column: number, value: number): void {
    this.cells[row * this.width + 1 + column] = Math.min(value, 0xffff_ffff);
  }

  /** Tells whether a new hash would take the place of another, or find none. */
  get isFull(): boolean {
    return this.size === MOST_HASHES;
  }

  /** Sums a function of each row. */
  sum(of: (row: number) => number): number {
    let sum = 0;
    for (let row = 0; row < this.size; row += 1) sum += of(row);
    return sum;
  }

  /** Estimates how many distinct hashes were ever added. Exact until one was dropped. */
  get distinct(): number {
    return this.isCut ? ((MOST_HASHES - 1) * 2 ** 32) / (this.hashAt(this.size - 1) + 1) : this.size;
  }

  get bytes(): number {
    return this.cells.byteLength;
  }

  /** Returns the rows as one flat list. */
  toContent(): number[] {
    return Array.from(this.cells.subarray(0, this.size * this.width));
  }

  private get width(): number {
    return this.columns + 1;
  }

  /** Returns the row at which a hash stands, or would stand. */
  private placeOf(hash: number): number {
    let [low, high] = [0, this.size];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.hashAt(middle) < hash) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private makeRoom(): void {
    if ((this.size + 1) * this.width <= this.cells.length) return;
    const larger = new Uint32Array(Math.min(Math.max(this.cells.length * 2, FIRST_ROWS * this.width), MOST_HASHES * this.width));
    larger.set(this.cells);
    this.cells = larger;
  }
}
