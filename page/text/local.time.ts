/** Formats a time for an input of date and time, in the reader's zone; empty for null. */
export function fieldOf(time: string | null): string {
  if (time === null) return '';
  const date = new Date(time);
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Parses the time of an input, in the reader's zone; null for none. */
export function timeOf(field: string): string | null {
  const date = new Date(field);
  return field === '' || Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Returns the start of a day, or of a later one, in the reader's zone, in ms since the epoch; undefined for an invalid day. */
export function dayStart(day: string | undefined, daysLater = 0): number | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day ?? '') ?? [];
  return year === undefined ? undefined : new Date(Number(year), Number(month) - 1, Number(date) + daysLater).getTime();
}
