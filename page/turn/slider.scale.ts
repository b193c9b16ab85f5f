/** Percentages that one click sets. They are evenly spaced on the slider. */
export const STOPS = [0, 1, 5, 25, 50, 100] as const;

/** Number of steps between two stops, so that small percentages can be chosen as precisely as large ones. */
const STEPS = 20;

/** Last position of the slider; the first is 0. */
export const LAST_POSITION = (STOPS.length - 1) * STEPS;

/** Returns the percentage at a position of the slider, with at most two decimals. */
export function percentAt(position: number): number {
  const stop = Math.min(Math.floor(position / STEPS), STOPS.length - 2);
  const [from, to] = between(stop);
  return Math.round((from + ((to - from) * (position - stop * STEPS)) / STEPS) * 100) / 100;
}

/** Returns the position nearest to a percentage. */
export function positionOf(percent: number): number {
  const found = STOPS.findLastIndex((stop) => stop <= percent);
  const stop = Math.min(Math.max(found, 0), STOPS.length - 2);
  const [from, to] = between(stop);
  return Math.round((stop + (percent - from) / (to - from)) * STEPS);
}

function between(stop: number): readonly [from: number, to: number] {
  return [STOPS[stop] ?? 0, STOPS[stop + 1] ?? 100];
}

/** Parses a percentage from 0 to 100 with at most two decimals; undefined for anything else. */
export function percentOf(text: string): number | undefined {
  const plain = text.trim().replace(/\s*%$/, '').replace(',', '.');
  const percent = /^\d{1,3}(?:\.\d{1,2})?$/.test(plain) ? Number(plain) : Number.NaN;
  return percent >= 0 && percent <= 100 ? percent : undefined;
}
