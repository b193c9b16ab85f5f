/** The periods in which results are counted: the shorter, the sooner forgotten. The total is never. */
export type Tier = 'minute' | 'hour' | 'day' | 'total';

export const TIERS: readonly Tier[] = ['minute', 'hour', 'day', 'total'];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const LENGTH: Readonly<Record<Tier, number>> = { minute: MINUTE, hour: HOUR, day: DAY, total: Infinity };

/** How long periods are kept, in ms. */
export const KEPT: Readonly<Record<'minute' | 'hour', number>> = { minute: 2 * HOUR, hour: 90 * DAY };

/** When the period begins that a time, in ms since the epoch, is in (UTC); the total begins at 0. */
export function startOfPeriod(tier: Tier, time: number): number {
  return tier === 'total' ? 0 : time - (time % LENGTH[tier]);
}

/** Whether a period is older than what is kept. */
export function isExpired(tier: Tier, startsAt: number, now: number): boolean {
  return (tier === 'minute' || tier === 'hour') && startsAt + LENGTH[tier] < now - KEPT[tier];
}
