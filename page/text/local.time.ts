/** A time as a field for a date and a time has it, in the reader's zone; empty for none. */
export function fieldOf(time: string | null): string {
  if (time === null) return '';
  const date = new Date(time);
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The time that a field has, in the reader's zone; null for none. */
export function timeOf(field: string): string | null {
  const date = new Date(field);
  return field === '' || Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** When a day begins, or the one after it, in the reader's zone, in ms since the epoch; undefined for what is no day. */
export function dayStart(day: string | undefined, daysLater = 0): number | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day ?? '') ?? [];
  return year === undefined ? undefined : new Date(Number(year), Number(month) - 1, Number(date) + daysLater).getTime();
}
