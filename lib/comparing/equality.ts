/** Result of a comparison: `tooLarge` if it would take more than may be spent. */
export type Equality = 'equal' | 'different' | 'tooLarge';
