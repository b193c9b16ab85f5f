/** The periods in which results are counted: the shorter, the sooner they are made one of the next. The total is never. */
export type TallyTier = 'minute' | 'hour' | 'day' | 'total';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const LENGTH: Readonly<Record<Exclude<TallyTier, 'total'>, number>> = { minute: MINUTE, hour: HOUR, day: DAY };

/** How long periods are kept at least, in ms. */
const KEPT = { minute: 2 * HOUR, hour: 90 * DAY, day: 730 * DAY } as const;

/** Which periods are made of shorter ones that are too old to be kept. */
export const ROLL_UPS = [
  { from: 'minute', to: 'hour' },
  { from: 'hour', to: 'day' },
] as const;

/** How long periods are, in ms; the total has no end. */
export function tierLength(tier: TallyTier): number {
  return tier === 'total' ? Infinity : LENGTH[tier];
}

/** When the period begins that a time, in ms since the epoch, is in (UTC); the total begins at 0. */
export function periodStart(tier: TallyTier, time: number): number {
  return tier === 'total' ? 0 : time - (time % LENGTH[tier]);
}

/** Which minutes are made hours, and which hours days: those that begin before it. They are always whole hours and whole days. */
export function rolledUpBefore({ from, to }: (typeof ROLL_UPS)[number], now: number): number {
  return periodStart(to, now - KEPT[from]);
}

/** Which days are forgotten: those that begin before it. */
export function forgottenBefore(now: number): number {
  return periodStart('day', now - KEPT.day);
}
