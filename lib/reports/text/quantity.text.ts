const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** Formats a number with separated thousands. */
export function number(value: number): string {
  return known(value, () => value.toLocaleString('en-US'));
}

/** Formats a count with its noun, such as "1 run" or "3 runs". */
export function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Formats a number with three significant digits and no exponent. */
export function significant(value: number): string {
  return known(value, () => String(Number(Number(value.toPrecision(3)).toFixed(4)) + 0));
}

/** Formats a share in percent, precise enough never to look like none or all where it isn't. */
export function share(rate: number): string {
  const percent = rate * 100;
  const rest = Math.min(percent, 100 - percent);
  const decimals = rest > 0 ? Math.min(Math.max(Math.ceil(-Math.log10(rest)) + 2, 0), 6) : 0;
  return `${known(percent, () => String(Number(percent.toFixed(decimals))))} %`;
}

/** Formats a duration, given in ms, in a suitable unit. */
export function duration(ms: number): string {
  const length = Math.abs(ms);
  if (length >= 1_000) return `${significant(ms / 1_000)} s`;
  return length > 0 && length < 0.1 ? `${significant(ms * 1_000)} µs` : `${significant(ms)} ms`;
}

/** Formats a duration, given in ms, in its two greatest units, such as "2 hours, 5 minutes". */
export function inWords(ms: number): string {
  const greatest = UNITS.findIndex(([, length]) => ms >= length);
  if (greatest < 0) return 'less than a second';
  let left = ms;
  const words = UNITS.slice(greatest, greatest + 2).map(([unit, length]) => {
    const count = Math.floor(left / length);
    left -= count * length;
    return count === 0 ? '' : counted(count, unit);
  });
  return words.filter((word) => word !== '').join(', ');
}

/** Parses a time as JSON or the service gives it; returns null for anything else. */
export function dateOf(time: unknown): Date | null {
  const date = typeof time === 'string' || time instanceof Date ? new Date(time) : null;
  return date === null || Number.isNaN(date.getTime()) ? null : date;
}

/** Formats a time to the second, in UTC. */
export function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Formats a finite number; anything else becomes "?", because JSON from elsewhere may hold anything. */
function known(value: number, text: () => string): string {
  return Number.isFinite(value) ? text() : '?';
}
