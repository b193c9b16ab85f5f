/** What comparing two values came to: `tooLarge` where it would take more than may be spent. */
export type Equality = 'equal' | 'different' | 'tooLarge';
