/** How much evidence stops an experiment: so many times as likely beyond its limit as within. The inverse of α = 0.00001. */
const ENOUGH = 100_000;

/** How many runs are judged with full weight from wherever evidence begins. */
const EAGER = 100;

/** What a detector that has seen enough was told last. */
export interface Seen {
  /** The runs since things went wrong. */
  readonly runs: number;
  /** What they add up to: how many of them were hits, or their ms. */
  readonly sum: number;
  /** Whether these are all runs that were counted. */
  readonly isAll: boolean;
  /** Whether runs of other processes are among them. */
  readonly isShared: boolean;
}

/**
 * Adds up the evidence that runs are beyond a limit, run by run, and says when it is enough: a mixture of CUSUMs of e-values (Shin,
 * Ramdas and Rinaldo, "E-detectors", 2023). There is one for each of some alternatives to being within the limit. What is needed of an
 * alternative are the ratios by which a run is more likely under it: nonnegative, and on average at most 1 within the limit.
 *
 * Evidence begins anew wherever it has fallen below a floor, so that a long good past delays nothing. The floor falls as 1 / runs after
 * the first 100: so within the limit the probability of ever stopping in n runs is at most 0.001 × (1 + ln(n / 100)), 1 % in a million,
 * and in practice less than a tenth of that.
 */
export class Detector {
  private readonly evidence: Float64Array;
  private readonly runsBefore: Float64Array;
  private readonly sumBefore: Float64Array;
  private runs = 0;
  private sum = 0;
  private sharedAt = 0;

  /** @param weights of the alternatives. They add up to 1 */
  constructor(private readonly weights: Float64Array) {
    this.evidence = new Float64Array(weights.length);
    this.runsBefore = new Float64Array(weights.length);
    this.sumBefore = new Float64Array(weights.length);
  }

  /**
   * Takes a run, or a batch of those of other processes.
   *
   * @param ratios of the run, or of all of the batch, under each alternative
   * @param sum what is to be told of them
   * @returns whether there is enough evidence
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

  /** What the alternative with the most evidence has seen since it began. */
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
