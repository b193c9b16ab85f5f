import { setImmediate } from 'node:timers/promises';
import { Tally } from './tally.js';
import type { TallyRow } from './tally-row.js';

/** Number of rows added up per turn of the event loop. */
const AT_ONCE = 20;

/** Adds one process's counts of a candidate to the tallies. */
export function addToTallies(tallies: Map<string, Tally>, { candidate, content }: Pick<TallyRow, 'candidate' | 'content'>): void {
  const tally = tallies.get(candidate) ?? new Tally();
  tally.addContent(content);
  tallies.set(candidate, tally);
}

/** Adds up the counts of processes by candidate, in turns of the event loop. */
export async function sumTallies(rows: readonly Pick<TallyRow, 'candidate' | 'content'>[]): Promise<Map<string, Tally>> {
  const tallies = new Map<string, Tally>();
  for (const [index, row] of rows.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await setImmediate();
    addToTallies(tallies, row);
  }
  return tallies;
}
