/** Parses a number with a point or a comma; undefined if it is none. */
export function numberOf(text: string): number | undefined {
  const plain = text.trim().replace(',', '.');
  return /^\d+(?:\.\d*)?$|^\.\d+$/.test(plain) ? Number(plain) : undefined;
}

/** Formats a share from 0 to 1 as percent for a field. */
export function percentField(share: number): string {
  return String(Number((share * 100).toFixed(6)));
}

/** Parses percent in a field as a share from 0 to 1. */
export function shareOf(text: string): number | undefined {
  const percent = numberOf(text);
  return percent === undefined ? undefined : Number((percent / 100).toFixed(8));
}

/** Describes an invalid number; undefined if it is valid. */
export function problemWith(
  label: string,
  value: number | undefined,
  min: number,
  max: number,
  unit: string,
): string | undefined {
  if (value !== undefined && value >= min && value <= max) return undefined;
  return `“${label}” must be a number from ${min} to ${max}${unit}.`;
}
