/**
 * Result of a comparison: `tooLarge` if it would take more than may be spent, `notComparable` if all is equal but for parts whose state can't
 * be read.
 */
export type Equality = 'equal' | 'different' | Undecided;

/** Reason why a comparison has no answer. */
export type Undecided = 'tooLarge' | 'notComparable';
