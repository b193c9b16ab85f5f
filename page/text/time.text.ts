const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Time zone; the reader's own if it is undefined. */
export interface Zone {
  readonly timeZone?: string;
}

/** Formats a time relative to another: as time ago, with the time of day, or as a day, less exact the longer ago it is. */
export function timeText(time: Date, now: number, zone: Zone = {}): string {
  const ago = now - time.getTime();
  if (ago >= -SECOND && ago < 2 * SECOND) return 'now';
  if (ago > 0 && ago < MINUTE) return `${Math.round(ago / SECOND)} s ago`;
  if (ago > 0 && ago < HOUR) return `${Math.floor(ago / MINUTE)} min ago`;
  if (ago > 0 && ago < 24 * HOUR) return `${Math.floor(ago / HOUR)} h ago`;
  if (Math.abs(ago) < 300 * DAY) return formatted(time, { day: 'numeric', month: 'short', ...CLOCK, ...zone });
  return formatted(time, { day: 'numeric', month: 'short', year: 'numeric', ...zone });
}

/** Formats a time to the second. */
export function exactTimeText(time: Date, zone: Zone = {}): string {
  return formatted(time, { day: 'numeric', month: 'short', year: 'numeric', ...CLOCK, second: '2-digit', ...zone });
}

/** Formats the time of day, to the second. */
export function clockText(time: Date, zone: Zone = {}): string {
  return formatted(time, { ...CLOCK, second: '2-digit', ...zone });
}

/** Formats a time on an axis with the given step, in ms. */
export function tickText(time: Date, step: number, zone: Zone = {}): string {
  if (step >= DAY) return formatted(time, { day: 'numeric', month: 'short', ...zone });
  return step >= HOUR ? formatted(time, { weekday: 'short', ...CLOCK, ...zone }) : formatted(time, { ...CLOCK, ...zone });
}

/** Returns the name of the reader's time zone. */
export function zoneText(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/** Cache of formats, because creating one takes longer than using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatted(time: Date, options: Intl.DateTimeFormatOptions): string {
  if (Number.isNaN(time.getTime())) return 'an unknown time';
  const key = JSON.stringify(options);
  const format = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', options);
  formats.set(key, format);
  return format.format(time);
}
