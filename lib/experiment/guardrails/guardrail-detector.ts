/** Evidence that stops an experiment: its runs are that many times as likely beyond the limit as within. The inverse of α = 0.00001. */
const ENOUGH = 100_000;

/** Runs that are judged with full weight, wherever the evidence begins. */
const EAGER = 100;

/** Runs that a detector based its decision on. */
export interface Seen {
  /** Number of runs since the excess began. */
  readonly runs: number;
  /** Their sum: the number of hits, or of ms. */
  readonly sum: number;
  /** Tells whether these are all runs that were counted. */
  readonly isAll: boolean;
  /** Tells whether runs of other processes are among them. */
  readonly isShared: boolean;
}

/**
 * Detector of runs beyond a limit. It accumulates evidence run by run, until there is enough: a mixture of CUSUMs of e-values (Shin, Ramdas
 * and Rinaldo, "E-detectors", 2023), one for each of several alternatives to being within the limit. An alternative is given by the ratios
 * by which a run is more likely under it. They are nonnegative, and on average at most 1 within the limit.
 *
 * Evidence starts again wherever it has fallen below a floor, so that a long good past delays nothing. The floor falls as 1 / runs after
 * the first 100. So, within the limit, the probability of ever stopping in n runs is at most 0.001 × (1 + ln(n / 100)), 1 % in a million,
 * and in practice less than a tenth of that.
 */
export class Detector {
  private readonly evidence: Float64Array;
  private readonly runsBefore: Float64Array;
  private readonly sumBefore: Float64Array;
  private runs = 0;
  private sum = 0;
  private sharedAt = 0;

  /** @param weights weights of the alternatives, which add up to 1 */
  constructor(private readonly weights: Float64Array) {
    this.evidence = new Float64Array(weights.length);
    this.runsBefore = new Float64Array(weights.length);
    this.sumBefore = new Float64Array(weights.length);
  }

  /**
   * Counts a run, or a batch of runs of other processes.
   *
   * @param ratios ratios of the run, or of the whole batch, under each alternative
   * @param sum amount to add to the sum of `seen`
   * @returns true if there is enough evidence
   */
  take(ratios: Float64Array, runs: number, sum: number, isShared = false): boolean {
    const { evidence, weights, runsBefore, sumBefore } = this;
    const floor = this.runs < EAGER ? 1 : EAGER / this.runs;
    let total = 0;
    for (let index = 0; index < weights.length; index += 1) {
      let one = evidence[index] as number; // all three have as many as there are weights
      if (one < floor) {
        one = floor;
        runsBefore[index] = this.runs;
        sumBefore[index] = this.sum;
      }
      one *= ratios[index] as number;
      evidence[index] = one;
      total += one * (weights[index] as number);
    }
    this.runs += runs;
    this.sum += sum;
    if (isShared) this.sharedAt = this.runs;
    return total >= ENOUGH;
  }

  /** Runs that the alternative with the most evidence is based on. */
  get seen(): Seen {
    const weighted = this.evidence.map((one, index) => one * (this.weights[index] ?? 0));
    const best = weighted.indexOf(Math.max(...weighted));
    const before = this.runsBefore[best] ?? 0;
    return {
      runs: this.runs - before,
      sum: this.sum - (this.sumBefore[best] ?? 0),
      isAll: before === 0,
      isShared: this.sharedAt > before,
    };
  }
}
