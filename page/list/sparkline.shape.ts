/** Size of the sparkline, in CSS pixels. */
export const SIZE = { width: 120, height: 24 } as const;

/** Returns one path for all bars. Counts above 0 are always visible. */
export function bars(counts: readonly number[], most: number): string {
  const step = SIZE.width / counts.length;
  return counts
    .map((count, index) => {
      const height = Math.max((count / most) * (SIZE.height - 2), 2);
      return count > 0 ? `M${round(index * step)} ${SIZE.height}v-${round(height)}h${round(step - 0.4)}v${round(height)}Z` : '';
    })
    .join('');
}

function round(length: number): number {
  return Math.round(length * 100) / 100;
}
