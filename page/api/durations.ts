/** How long control and candidates took. */
export interface Durations {
  readonly name: string;
  readonly candidates: readonly {
    readonly name: string;
    readonly control: Distribution | null;
    readonly candidate: Distribution | null;
  }[];
}

/** How durations are distributed; all in ms. */
export interface Distribution {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Ascending, maybe with gaps; the first may be of those that took no time. */
  readonly bins: readonly Bin[];
}

/** How many durations lie between two. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}
