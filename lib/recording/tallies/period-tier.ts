/**
 * Length of the periods in which results are counted, in UTC. `total` has no end.
 *
 * @publicApi
 */
export type TallyTier = 'minute' | 'hour' | 'day' | 'total';

/** Length of a minute, in ms. */
export const MINUTE = 60_000;
/** Length of an hour, in ms. */
export const HOUR = 60 * MINUTE;
/** Length of a day, in ms. */
export const DAY = 24 * HOUR;

const LENGTH: Readonly<Record<Exclude<TallyTier, 'total'>, number>> = { minute: MINUTE, hour: HOUR, day: DAY };

/** Shortest time for which periods are kept, in ms. */
const KEPT = { minute: 2 * HOUR, hour: 90 * DAY, day: 730 * DAY } as const;

/** Tiers whose old periods are combined into periods of the next tier. */
export const ROLL_UPS = [
  { from: 'minute', to: 'hour' },
  { from: 'hour', to: 'day' },
] as const;

/** Returns the length of a tier's periods, in ms; infinite for the total. */
export function tierLength(tier: TallyTier): number {
  return tier === 'total' ? Infinity : LENGTH[tier];
}

/** Returns the start (UTC) of the period that contains a time, in ms since the epoch; 0 for the total. */
export function periodStart(tier: TallyTier, time: number): number {
  return tier === 'total' ? 0 : time - (time % LENGTH[tier]);
}

/** Returns the time before which periods are rolled up. It is always the start of a whole hour or day. */
export function rolledUpBefore({ from, to }: (typeof ROLL_UPS)[number], now: number): number {
  return periodStart(to, now - KEPT[from]);
}

/** Returns the time before which days are removed. */
export function forgottenBefore(now: number): number {
  return periodStart('day', now - KEPT.day);
}
