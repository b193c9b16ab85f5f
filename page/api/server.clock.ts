/** Time by which the server's clock is ahead of this one, in ms. */
let ahead = 0;

/** Compares the clocks by the date of a response, which is exact to the second. */
export function noteServerTime(date: string | null): void {
  const difference = date === null ? Number.NaN : Date.parse(date) - Date.now();
  if (Number.isFinite(difference)) ahead = Math.abs(difference) < 2_000 ? 0 : difference;
}

/** Returns the server's time, in ms since the epoch. */
export function serverNow(): number {
  return Date.now() + ahead;
}
