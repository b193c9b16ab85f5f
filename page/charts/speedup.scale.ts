/** Returns the height of a speedup on an axis that shows twice as fast as far up as half as fast is down. */
export function heightOf(factor: number): number {
  return Math.sign(factor) * Math.log10(Math.max(Math.abs(factor), 1));
}

/** Returns the speedup at a height. */
export function factorAt(height: number): number {
  return (height < 0 ? -1 : 1) * 10 ** Math.abs(height);
}

/** Returns the heights of the axis labels: at 1, 2, 5, 10, …, or only at 1, 10, 100, … if those would be too many. */
export function ticksBetween(min: number, max: number): number[] {
  const fine = ticks(min, max, [1, 2, 5]);
  return fine.length <= 7 ? fine : ticks(min, max, [1]);
}

function ticks(min: number, max: number, mantissas: readonly number[]): number[] {
  const far = Math.ceil(Math.max(Math.abs(min), Math.abs(max)));
  const up = Array.from({ length: far + 1 }, (_, decade) => mantissas.map((mantissa) => decade + Math.log10(mantissa))).flat();
  return [...new Set([...up.map((height) => -height), ...up].map((height) => height + 0))]
    .filter((height) => height >= min && height <= max)
    .sort((a, b) => a - b);
}
