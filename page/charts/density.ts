import type { Bin, Distribution } from '../api/durations.js';

/** Density of durations along a log axis. At each edge, it is the density up to the next edge, as a share per decade. */
export interface Density {
  readonly edges: readonly number[];
  readonly control: readonly (number | null)[];
  readonly candidate: readonly (number | null)[];
}

/**
 * Computes the densities of two distributions on common edges. Durations of 0 have no place on a log axis, and are left out.
 */
export function densityOf(control: Distribution | null, candidate: Distribution | null): Density {
  const [left, right] = [positive(control), positive(candidate)];
  const edges = [...new Set([...left, ...right].flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  return {
    edges,
    control: withoutVoid(edges.map((edge) => densityAt(edge, left, control?.count ?? 0))),
    candidate: withoutVoid(edges.map((edge) => densityAt(edge, right, candidate?.count ?? 0))),
  };
}

/** Removes the line where there are no durations. */
function withoutVoid(densities: readonly number[]): (number | null)[] {
  return densities.map((density, index) => {
    const [before = 0, after = 0] = [densities[index - 1], densities[index + 1]];
    return density === 0 && before === 0 && after === 0 ? null : density;
  });
}

function positive(distribution: Distribution | null): readonly Bin[] {
  return distribution?.bins.filter(({ from, to }) => from > 0 && to > from) ?? [];
}

function densityAt(edge: number, bins: readonly Bin[], count: number): number {
  const bin = bins.find(({ from, to }) => from <= edge && edge < to);
  return bin === undefined || count === 0 ? 0 : bin.count / count / Math.log10(bin.to / bin.from);
}

/** Returns the number of durations of 0. */
export function zerosOf(distribution: Distribution | null): number {
  return distribution?.bins.find(({ from }) => from <= 0)?.count ?? 0;
}
