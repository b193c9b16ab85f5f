/** The number that a text says, with a point or a comma; undefined for none. */
export function numberOf(text: string): number | undefined {
  const plain = text.trim().replace(',', '.');
  return /^\d+(?:\.\d*)?$|^\.\d+$/.test(plain) ? Number(plain) : undefined;
}

/** A share from 0 to 1 as percent in a field. */
export function percentField(share: number): string {
  return String(Number((share * 100).toFixed(6)));
}

/** A share from 0 to 1, of what a field says in percent. */
export function shareOf(text: string): number | undefined {
  const percent = numberOf(text);
  return percent === undefined ? undefined : Number((percent / 100).toFixed(8));
}

/** What is wrong with a number; undefined if nothing is. */
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
