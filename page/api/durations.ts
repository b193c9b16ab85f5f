/** Durations of the control and the candidates. */
export interface Durations {
  readonly name: string;
  readonly candidates: readonly {
    readonly name: string;
    readonly control: Distribution | null;
    readonly candidate: Distribution | null;
  }[];
}

/** Distribution of durations; all times in ms. */
export interface Distribution {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Bins in ascending order, possibly with gaps. The first may hold durations of zero. */
  readonly bins: readonly Bin[];
}

/** Number of durations between two limits. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}
