export function chance(seed: number): () => number;
export function lognormal(draw: () => number, mean: number, sigma: number): () => number;
