import type { PairContent } from './evidence-content.js';
import type { Likeness } from './field-noise.js';

/**
 * Counts runs in which the control was called once more beside the candidate. A candidate that does what the control does is as likely to
 * differ from the control's first answer as the second is.
 */
export class PairCounts implements PairContent {
  pairs = 0;
  varied = 0;
  worse = 0;
  better = 0;
  newWorse = 0;
  newBetter = 0;

  static from(content: PairContent): PairCounts {
    const counts = new PairCounts();
    counts.add(content);
    return counts;
  }

  /** Counts how alike the control's first answer are the candidate's and the control's second one, by the same knowledge. */
  observe(candidate: Likeness, again: Likeness): void {
    this.pairs += 1;
    if (again !== 'same') this.varied += 1;
    if (candidate !== 'same' && again === 'same') this.worse += 1;
    if (candidate === 'same' && again !== 'same') this.better += 1;
    if (candidate === 'differs' && again !== 'differs') this.newWorse += 1;
    if (candidate !== 'differs' && again === 'differs') this.newBetter += 1;
  }

  add(other: PairContent): void {
    this.pairs += other.pairs;
    this.varied += other.varied;
    this.worse += other.worse;
    this.better += other.better;
    this.newWorse += other.newWorse;
    this.newBetter += other.newBetter;
  }

  toContent(): PairContent {
    const { pairs, varied, worse, better, newWorse, newBetter } = this;
    return { pairs, varied, worse, better, newWorse, newBetter };
  }
}
