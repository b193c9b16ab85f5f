/** How much the server's clock is ahead of this one, in ms. */
let ahead = 0;

/** Takes what an answer says of the server's time, to the second. */
export function heard(date: string | null): void {
  const difference = date === null ? Number.NaN : Date.parse(date) - Date.now();
  if (Number.isFinite(difference)) ahead = Math.abs(difference) < 2_000 ? 0 : difference;
}

/** What time it is at the server, in ms since the epoch. */
export function serverNow(): number {
  return Date.now() + ahead;
}
